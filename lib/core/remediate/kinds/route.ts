/** For use inside power-of-two-choices: draw two agents in proportion to their weights, take the less loaded. */
export interface RouteParams {
  pool: string;
  taskType?: string;
  /** Agent → relative weight, mean 1, 0.05 to 3. An agent that is not named counts 1. */
  weights: Record<string, number>;
  /** Agents whose tasks in flight stand out in the pool. */
  hot: string[];
}
