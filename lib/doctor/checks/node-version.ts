import { type Finding, failed, ok } from '../finding.ts';

/** The Node that Lambda runs the functions on, and everything here is written for. */
const LEAST_MAJOR = 24;

export function judgeNodeVersion(version: string): Finding {
  if (Number(version.split('.', 1)[0]) >= LEAST_MAJOR) return ok(`Node ${version}`);
  return failed(
    `this is Node ${version}; Fleetpulse needs ${LEAST_MAJOR} or newer`,
    'run it by npm (npm run -s cli -- doctor) after npm ci, which brings Node 24 along; where install scripts are disabled, after npm rebuild --ignore-scripts=false node',
  );
}
