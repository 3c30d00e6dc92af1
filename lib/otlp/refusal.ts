/** Why one item of a request is not taken though the rest is: a code in snake_case and a sentence for the sender. */
export interface Refusal {
  reason: string;
  message: string;
}
