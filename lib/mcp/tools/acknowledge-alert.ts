import { acknowledgeAlertEndpoint } from '../../api/alerts-endpoint.ts';
import { textField } from '../../api/field.ts';
import { type AnsweredAlert, alertLine, alertRow, alertRowSchema } from '../alert-row.ts';
import { argument } from '../common-arguments.ts';
import { declareTool } from '../tool.ts';

const { note, by } = acknowledgeAlertEndpoint.body.optional;

export const acknowledgeAlert = declareTool({
  name: 'acknowledge_alert',
  title: 'Acknowledge an alert',
  about:
    'Says that somebody takes care of an alert: it is neither repeated nor raised any more. Who says so first stays. Needs a key with the scope control.',
  asks: ['acknowledgeAlert'],
  effect: 'adds',
  needs: { alert: argument(textField(128), 'id of the alert, as list_alerts has it') },
  takes: {
    by: argument(by, 'who takes care of it; the name of the key unless said'),
    note: argument(note, 'what is being done, for people'),
  },
  answer: alertRowSchema,
  async run({ ask, links }, { alert: id, by, note }) {
    const alert = await ask<AnsweredAlert>('acknowledgeAlert', { ids: { id }, body: { by, note } });
    return { facts: alertRow(alert, links), lines: [alertLine(alert)] };
  },
});
