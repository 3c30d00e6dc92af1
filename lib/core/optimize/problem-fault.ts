/** Something about a planning problem that is wrong, or cannot be had, in words that say how to mend it. */
export interface ProblemFault {
  /** Where, such as `agents[2].count.min`. */
  path: string;
  message: string;
}
