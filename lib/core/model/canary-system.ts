/** The system that Fleetpulse reports to itself in, to see whether it works: see lib/app/run-canary.ts. No plan or review is made for it. */
export const CANARY_SYSTEM = 'fleetpulse-canary';
