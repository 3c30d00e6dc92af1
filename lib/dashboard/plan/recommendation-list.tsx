import { useState } from 'preact/hooks';
import { inWords } from '../kpi-names.ts';
import { VerdictMark } from '../marks.tsx';
import { useFacts } from '../page-context.ts';
import { Section } from '../section.tsx';
import { useHeld } from '../use-held.ts';
import { AdviceDecision } from './advice-decision.tsx';
import type { AdviceResult, Recommendation, RecommendationsAnswer } from './recommendation-answer.ts';
import { courseSentence, gainSentence, horizonText, resultSentence, verdictWords } from './recommendation-words.ts';

const statuses = ['', 'proposed', 'adopted', 'measured', 'dismissed', 'expired'] as const;

/** What would make the fleet do better, why, and what became of it. */
export function RecommendationList() {
  const [status, setStatus] = useState<string>('');
  const { held, refresh } = useHeld<RecommendationsAnswer>(
    `/v1/recommendations${status === '' ? '' : `?status=${status}`}`,
  );
  return (
    <Section
      id="recommendations"
      title="Recommendations"
      held={held}
      controls={
        <span class="filters">
          <label for="advice-status">Show</label>
          <select id="advice-status" value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value)}>
            {statuses.map((each) => (
              <option key={each} value={each}>
                {each === '' ? 'open ones' : each}
              </option>
            ))}
          </select>
        </span>
      }
    >
      {({ recommendations }) =>
        recommendations.length === 0 ? (
          <p class="empty">
            {status === '' || status === 'proposed'
              ? 'None. Twelve strategies look at what was measured 20 minutes after each hour, once an hour of tasks is known; each says nothing where its evidence does not hold.'
              : `None is ${status}.`}
          </p>
        ) : (
          <ol class="actions">
            {recommendations.map((recommendation) => (
              <li key={recommendation.id}>
                <Advice recommendation={recommendation} refresh={refresh} />
              </li>
            ))}
          </ol>
        )
      }
    </Section>
  );
}

function Advice({ recommendation, refresh }: { recommendation: Recommendation; refresh: () => void }) {
  const { nowMs = Date.parse(recommendation.lastProposedAt) } = useFacts();
  const { id, title, strategy, horizon, status, action, evidence, results = [], scope } = recommendation;
  const about = Object.entries(scope).map(([kind, name]) => `${inWords(kind).toLowerCase()} ${name}`);
  return (
    <article class={`action ${status === 'proposed' ? '' : 'over'}`} aria-label={title}>
      <div class="action-head">
        <h3>{title}</h3>
        <span class={`chip status-${status}`}>{inWords(status)}</span>
      </div>
      <p class="facts">{[inWords(strategy), horizonText(horizon), ...about].join(' · ')}</p>
      <dl class="effects">
        <div>
          <dt>Gain</dt>
          <dd title="Expected, with an interval of 90 %; confidence is the probability that the gain is worth telling">
            {gainSentence(recommendation)}
          </dd>
        </div>
        <div>
          <dt>Do</dt>
          <dd>{action}</dd>
        </div>
        {results.map((result) => (
          <div key={result.at}>
            <dt>Effect</dt>
            <dd>
              <VerdictMark verdict={shapeOf(result)} label={verdictWords(result)} /> {resultSentence(result)}
            </dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Why</summary>
        <ul>
          {evidence.map((line) => (
            <li key={line}>{line}</li>
          ))}
          <li>
            id <code>{id}</code>
          </li>
        </ul>
      </details>
      <p class="facts">{courseSentence(recommendation, nowMs)}.</p>
      <AdviceDecision recommendation={recommendation} onDone={refresh} />
    </article>
  );
}

function shapeOf({ status, verdict }: AdviceResult): string {
  if (status === 'unmeasurable') return 'unmeasurable';
  if (verdict === 'harmed') return 'harmed';
  return verdict === 'not_shown' ? 'no_effect' : 'helped';
}
