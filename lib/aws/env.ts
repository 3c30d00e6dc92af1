/**
 * The environment contract between infra and functions: which variables each function gets.
 * infra imports the types, so a misspelt variable does not compile; functions read them with {@link readEnv}.
 */
export interface FunctionEnv {
  ingest: { STATE_TABLE: string; ROLLUPS_TABLE: string };
  analyze: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    BUS_NAME: string;
    MINUTE_ROLLUP_DAYS: string;
    /** JSON: {action class: mode} */
    DIRECTIVE_MODES: string;
  };
  notify: { STATE_TABLE: string; ALERTS_TOPIC_ARN: string };
  act: {
    STATE_TABLE: string;
    /** JSON of {@link ActuatorSettings} */
    ACTUATORS: string;
  };
  query: { STATE_TABLE: string; ROLLUPS_TABLE: string; DIRECTIVE_MODES: string };
}

/** The actuators that an environment has, with what each must know; one that is absent is switched off. */
export interface ActuatorSettings {
  eventBridge?: { busArn: string };
}

export type FunctionName = keyof FunctionEnv;

const variables: { [Name in FunctionName]: readonly (keyof FunctionEnv[Name] & string)[] } = {
  ingest: ['STATE_TABLE', 'ROLLUPS_TABLE'],
  analyze: ['STATE_TABLE', 'ROLLUPS_TABLE', 'BUS_NAME', 'MINUTE_ROLLUP_DAYS', 'DIRECTIVE_MODES'],
  notify: ['STATE_TABLE', 'ALERTS_TOPIC_ARN'],
  act: ['STATE_TABLE', 'ACTUATORS'],
  query: ['STATE_TABLE', 'ROLLUPS_TABLE', 'DIRECTIVE_MODES'],
};

/** @throws Error naming every variable that is missing, so that a broken deployment says so at its first call. */
export function readEnv<Name extends FunctionName>(
  name: Name,
  source: Readonly<Record<string, string | undefined>>,
): FunctionEnv[Name] {
  const wanted: readonly string[] = variables[name];
  const missing = wanted.filter((key) => !source[key]);
  if (missing.length > 0) throw new Error(`function ${name} lacks environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(wanted.map((key) => [key, source[key]])) as unknown as FunctionEnv[Name];
}
