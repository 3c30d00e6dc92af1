import { integerField, textField } from '../../api/field.ts';
import { momentSchema, objectSchema, textSchema } from '../../api/json-schema.ts';
import { createSilenceEndpoint } from '../../api/silences-endpoint.ts';
import { silenceMatchers } from '../../core/alert/silence.ts';
import { MINUTE_MS } from '../../core/model/time.ts';
import { argument } from '../common-arguments.ts';
import { type Argument, declareTool } from '../tool.ts';

const MOST_MINUTES = 30 * 1_440;

interface AnsweredSilence {
  id: string;
  state: string;
  matchers: Readonly<Record<string, string>>;
  from: string;
  to: string;
  by: string;
  comment: string;
}

const silenceSchema = objectSchema({
  ...{ id: textSchema, state: textSchema, matchers: { type: 'object', additionalProperties: textSchema } },
  ...{ from: momentSchema, to: momentSchema, by: textSchema, comment: textSchema },
});

const matcherArguments = Object.fromEntries(
  silenceMatchers.map((name) => [
    name,
    argument(textField(128), `only alerts of this ${name}; * stands for any characters`),
  ]),
) as Readonly<Record<(typeof silenceMatchers)[number], Argument>>;
const { by, comment } = createSilenceEndpoint.body.optional;

export const silenceAlerts = declareTool({
  name: 'silence_alerts',
  title: 'Silence alerts',
  about:
    'Keeps people from being told of the alerts that match all that is said, from now on for some minutes, such as during planned work. The alerts themselves go on and are listed. Needs a key with the scope control.',
  asks: ['createSilence'],
  effect: 'withholds',
  needs: {
    minutes: argument(integerField(1, MOST_MINUTES), 'how long, at most 30 days'),
    comment: argument(comment, 'why, for people'),
  },
  takes: { ...matcherArguments, by: argument(by, 'who wants it; the name of the key unless said') },
  answer: silenceSchema,
  async run({ ask, nowMs }, { minutes, comment, by, ...matchers }) {
    const to = new Date(nowMs + Number(minutes) * MINUTE_MS).toISOString();
    const silence = await ask<AnsweredSilence>('createSilence', { body: { matchers, to, comment, by } });
    return { facts: shown(silence), lines: [inWords(silence), `end_silence with ${silence.id} takes it back`] };
  },
});

export const endSilence = declareTool({
  name: 'end_silence',
  title: 'End a silence',
  about: 'Ends a silence now: alerts that still fire are told within a minute. Needs a key with the scope control.',
  asks: ['endSilence'],
  effect: 'adds',
  needs: { silence: argument(textField(128), 'id of the silence, as silence_alerts answered it') },
  takes: {},
  answer: silenceSchema,
  async run({ ask }, { silence: id }) {
    const silence = await ask<AnsweredSilence>('endSilence', { ids: { id } });
    return { facts: shown(silence), lines: [inWords(silence)] };
  },
});

function shown({ id, state, matchers, from, to, by, comment }: AnsweredSilence): Record<string, unknown> {
  return { id, state, matchers, from, to, by, comment };
}

function inWords({ id, state, matchers, from, to, by }: AnsweredSilence): string {
  const what = Object.entries(matchers).map(([name, value]) => `${name} ${value}`);
  return `silence ${id} of ${what.join(', ')} from ${from} to ${to} by ${by} is ${state}`;
}
