import type { Alert, AlertTransition } from '../core/alert/alert.ts';
import type { Notice } from '../core/alert/alert-group.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { PlanTrigger } from '../core/plan/fleet-plan.ts';
import type { Directive, DirectiveTransition } from '../core/remediate/directive.ts';

/** A transition of an alert, as it leaves the minute job for whoever wants to know. */
export interface AlertMessage {
  system: string;
  transition: AlertTransition;
  alert: Alert;
}

/** What people are to be told. */
export interface NoticeMessage {
  system: string;
  notice: Notice;
}

/** A transition of a directive, likewise. */
export interface DirectiveMessage {
  system: string;
  transition: DirectiveTransition;
  directive: Directive;
}

/** A plan is due out of turn, because what it was made for has moved. */
export interface PlanDueMessage {
  system: string;
  trigger: Exclude<PlanTrigger, 'hour'>;
  planDue: { id: string; atMs: EpochMs };
}

export type BusMessage = AlertMessage | NoticeMessage | DirectiveMessage | PlanDueMessage;

/** The envelope of every message on the bus. @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent<Data> {
  specversion: '1.0';
  /** The same for every repetition. */
  id: string;
  source: string;
  type: string;
  time: string;
  subject: string;
  datacontenttype: 'application/json';
  data: Data;
}

export interface EventBus {
  /** At least once: returns when every message is accepted. */
  publish(messages: readonly BusMessage[]): Promise<void>;
}
