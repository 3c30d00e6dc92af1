import { RollupTable } from './rollup-table.ts';
import { emptyWorkflowRollup, type WorkflowCounter, type WorkflowRollup, workflowCounters } from './workflow-rollup.ts';

/** Rollups of workflow runs by type; the one sketch of each row is that of their durations. */
export type WorkflowTable = RollupTable<WorkflowCounter>;

export function emptyWorkflowTable(): WorkflowTable {
  return new RollupTable(workflowCounters, 1);
}

export function workflowsById(table: WorkflowTable): Map<string, WorkflowRollup> {
  return new Map(
    table.ids.map((workflowType, row) => {
      const counters = table.counters(row, workflowCounters);
      return [workflowType, { workflowType, counters, duration: table.sumSketch(0, [row]) }];
    }),
  );
}

/** All types together. */
export function sumOfWorkflows(table: WorkflowTable): WorkflowRollup {
  const rows = [...table.ids.keys()];
  return {
    ...emptyWorkflowRollup(''),
    counters: table.sumCounters(rows, workflowCounters),
    duration: table.sumSketch(0, rows),
  };
}
