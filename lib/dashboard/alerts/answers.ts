// What the API answers about silences and feedback.

export interface Silence {
  id: string;
  state: 'active' | 'pending' | 'expired';
  matchers: Readonly<Record<string, string>>;
  from: string;
  to: string;
  by: string;
  comment: string;
}

export interface SilencesAnswer {
  silences: readonly Silence[];
  next: string | null;
}

export interface FeedbackAnswer {
  alert: string;
  feedback: readonly { opinion: 'useful' | 'noise'; by: string; note: string | null; at: string }[];
}
