import type { FleetCondition } from './fleet-condition.ts';
import type { Action } from './guardrail.ts';
import { poolOfAgent } from './taken-out.ts';

/** Something that can be set in one way at a time; part null is the whole of it. */
export interface Knob {
  name: string;
  part: string | null;
}

/** What an action sets. */
export function knobsOf(action: Action, fleet: FleetCondition): Knob[] {
  switch (action.kind) {
    case 'route':
      return [{ name: `weights in pool ${action.params.pool}`, part: action.params.taskType ?? null }];
    case 'breaker': {
      const { agent, tool, model, pool } = action.params;
      if (agent !== undefined) return [{ name: `calls of agent ${agent}`, part: null }];
      return [{ name: tool === undefined ? `calls of model ${model}` : `calls of tool ${tool}`, part: pool ?? null }];
    }
    case 'restart':
      return [{ name: `process of agent ${action.params.agent}`, part: null }];
    case 'scale': {
      const { pool, pooling } = action.params;
      if (pooling) return pooling.agents.map((agent) => ({ name: `place of agent ${agent}`, part: null }));
      return [{ name: `size of pool ${pool}`, part: null }];
    }
    case 'degrade': {
      const { pool, taskType, step } = action.params;
      const name = step === undefined ? `admission to pool ${pool}` : `rung of pool ${pool}`;
      return [{ name, part: taskType ?? null }];
    }
    case 'failover': {
      const { from, taskTypes } = action.params;
      const parts = taskTypes.length === 0 ? [null] : taskTypes;
      return parts.map((part) => ({ name: `destination of pool ${from}`, part }));
    }
    case 'tune': {
      const { agent, pool, params } = action.params;
      const of = agent === undefined ? (pool ?? '') : poolOfAgent(agent, action, fleet);
      return Object.keys(params).map((name) => ({ name: `${name} in pool ${of}`, part: agent ?? null }));
    }
  }
}

/** Whether one knob is another, or a part of it. */
export function isWithin({ name, part }: Knob, of: Knob): boolean {
  return name === of.name && (of.part === null || of.part === part);
}

export function sharedKnob(some: readonly Knob[], others: readonly Knob[]): Knob | undefined {
  return some.find(({ name, part }) =>
    others.some((other) => other.name === name && (part === null || other.part === null || other.part === part)),
  );
}
