import { chanceText } from './forecast-words.ts';
import type { PlanAnswer } from './plan-answer.ts';
import { fullSentence, stationName } from './plan-words.ts';
import { ShareBar } from './share-bar.tsx';

/** What is full first when the forecast comes, and why that is thought. */
export function BottleneckList({ plan: { predicted_bottlenecks: all }, nowMs }: { plan: PlanAnswer; nowMs: number }) {
  return (
    <div>
      <h3>Full first when the forecast comes</h3>
      {all.length === 0 ? (
        <p class="quiet">Nothing is told: no forecast and no measured work yet.</p>
      ) : (
        <ol class="bottlenecks">
          {all.map((each) => (
            <li key={`${each.kind} ${each.id}`}>
              <div class="bottleneck">
                <strong>
                  {each.rank}. {stationName(each)}
                </strong>
                <ShareBar share={each.utilization} title="Share at work at the busiest hour of the forecast" />
              </div>
              <span class="sub">
                {fullSentence(each, nowMs)}
                {typeof each.confidence === 'number'
                  ? ` · before the next with confidence ${chanceText(each.confidence)}`
                  : ''}
              </span>
              <details>
                <summary>Evidence</summary>
                <ul>
                  {each.evidence.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </details>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
