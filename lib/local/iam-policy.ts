import { isJsonObject, type Json } from './json.ts';
import { matchesWildcards } from './matches-wildcards.ts';

export interface PolicyStatement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
}

export type Decision = 'allowed' | 'not-allowed' | 'explicitly-denied';

/** What identity-based policies say about one action on one resource: a deny wins, and silence is a no. */
export function decide(statements: readonly PolicyStatement[], action: string, resource: string): Decision {
  const applying = statements.filter(
    (statement) =>
      statement.actions.some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase())) &&
      statement.resources.some((pattern) => matchesWildcards(pattern, resource)),
  );
  if (applying.some((statement) => statement.effect === 'Deny')) return 'explicitly-denied';
  return applying.length > 0 ? 'allowed' : 'not-allowed';
}

/**
 * Reads the statements of a resolved policy document.
 * @throws RangeError naming the element that is not supported
 */
export function readPolicyDocument(document: Json | undefined): PolicyStatement[] {
  const statements = isJsonObject(document) ? document['Statement'] : undefined;
  if (statements === undefined) throw new RangeError('the policy document has no Statement');
  return (Array.isArray(statements) ? statements : [statements]).map(readStatement);
}

function readStatement(statement: Json): PolicyStatement {
  if (!isJsonObject(statement)) throw new RangeError('a policy statement is not an object');
  for (const element of Object.keys(statement)) {
    if (element === 'Condition' && isOfKeys(statement['Action'])) continue;
    if (!['Sid', 'Effect', 'Action', 'Resource'].includes(element)) {
      throw new RangeError(`the policy element ${element} is not supported`);
    }
  }
  const { Effect: effect, Action: action, Resource: resource } = statement;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new RangeError(`the policy effect ${String(effect)} is not supported`);
  return { effect, actions: texts(action), resources: texts(resource) };
}

/** Nothing here is encrypted with a key of KMS, so nobody asks what may be done with one. */
function isOfKeys(actions: Json | undefined): boolean {
  return texts(actions).every((action) => action.startsWith('kms:'));
}

function texts(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((element) => {
    if (typeof element === 'string') return element;
    throw new RangeError(`a policy statement names ${JSON.stringify(element)} where a text is expected`);
  });
}
