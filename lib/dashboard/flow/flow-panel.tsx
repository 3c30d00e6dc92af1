import { useMemo } from 'preact/hooks';
import type { PoolsAnswer } from '../answers.ts';
import type { Held } from '../held.ts';
import { usePage } from '../page-context.ts';
import { Scroll } from '../scroll.tsx';
import { Section } from '../section.tsx';
import { periodText, windowMinutes } from '../show-time.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import { bottleneckName, boundSentence, gainSentence } from './bottleneck-words.ts';
import type { BottlenecksAnswer, CapacityAnswer, WorkflowsAnswer } from './flow-answers.ts';
import { FlowMap } from './flow-map.tsx';
import { flowOf, handedOn, sharesByPool } from './flow-pools.ts';
import { NeckMark } from './neck-mark.tsx';

/** Workflows of longer windows take long to put together. */
const MOST_MINUTES = 15;
const EVERY_MS = 30_000;
const TYPES_SHOWN = 6;

/** How work flows through the pools, and what limits how much. */
export function FlowPanel({ pools: shared }: { pools: Held<PoolsAnswer> }) {
  const { view, nowMs } = usePage('window', 'atMs');
  const minutes = Math.min(MOST_MINUTES, windowMinutes(view.window) ?? MOST_MINUTES);
  const isShared = minutes === windowMinutes(view.window);
  const at = view.atMs === null ? '' : `&at=${view.atMs}`;
  const when = `window=${minutes}m${at}`;
  const { held: bottlenecks } = useHeld<BottlenecksAnswer>(`/v1/workflows/bottlenecks?${when}`, {
    keep: true,
    everyMs: EVERY_MS,
  });
  const { held: own } = useHeld<PoolsAnswer>(isShared ? undefined : `/v1/pools?limit=1000&${when}`, { keep: true });
  const { held: capacity } = useHeld<CapacityAnswer>(view.atMs === null ? '/v1/capacity' : undefined);
  // Up to the same minute as the pools: what has ended since would be a part of a minute.
  const { held: workflows } = useHeld<WorkflowsAnswer>(
    nowMs === undefined ? undefined : `/v1/workflows?limit=1&window=${minutes}m&at=${nowMs}`,
    { keep: true, everyMs: EVERY_MS },
  );
  const pools = isShared ? shared : own;
  const level = view.atMs === null ? capacity.answer : undefined;
  const flow = useMemo(
    () => flowOf(pools.answer?.pools ?? [], bottlenecks.answer, workflows.answer, level),
    [pools.answer, bottlenecks.answer, workflows.answer, level],
  );
  const window = pools.answer?.window;
  const period = window && periodText(Date.parse(window.from), Date.parse(window.to), nowMs ?? Date.parse(window.to));
  return (
    <div class="flow-panel">
      <Section<unknown>
        id="flow"
        title="Flow"
        held={pools.answer === undefined || bottlenecks.answer === undefined ? pools : bottlenecks}
        aside={
          <span class="aside" title="Flow is told of 15 minutes at most">
            window {minutes}&nbsp;min{period === undefined ? '' : `, ${period}`}
          </span>
        }
      >
        {() =>
          flow.pools.length === 0 ? (
            <p class="empty">No pool yet. Work is drawn here as soon as an agent has reported.</p>
          ) : (
            <>
              <Limit held={bottlenecks} />
              <FlowMap flow={flow} />
              <HowKnown workflows={workflows} />
              <Types workflows={workflows.answer} />
            </>
          )
        }
      </Section>
    </div>
  );
}

function Limit({ held: { answer, trouble } }: { held: Held<BottlenecksAnswer> }) {
  const [first] = answer?.bottlenecks ?? [];
  if (answer === undefined) {
    return (
      <p class="limit quiet">
        {trouble ? `What limits is not known: ${trouble.detail}.` : 'Looking for what limits …'}
      </p>
    );
  }
  if (first === undefined) {
    return (
      <p class="limit quiet">Nothing limits the throughput yet: no agent with a capacity was at work in this window.</p>
    );
  }
  const { system } = answer;
  return (
    <div class="limit">
      <p>
        <span class="mark first-limit">
          <NeckMark /> First bottleneck
        </span>{' '}
        <strong>{bottleneckName(first)}.</strong> {gainSentence(first, system.jobs)} {boundSentence(system)}
      </p>
      <p class="sub">
        {first.evidence.join(' · ')}
        {first.confidence === null
          ? null
          : ` · ${valueText(first.confidence, 'ratio')} sure that it limits more than the next`}
        {` · of ${countText(system.completed)} ${system.jobs} that ended`}
      </p>
    </div>
  );
}

function HowKnown({ workflows: { answer, trouble } }: { workflows: Held<WorkflowsAnswer> }) {
  if (answer && handedOn(answer.handOffs ?? [])) return null;
  const why =
    answer === undefined
      ? trouble
        ? `Which pool hands work to which is not known: ${trouble.detail}.`
        : 'Looking for which pool hands work to which …'
      : 'No task names a parent in another pool: each pool is a lane of its own. Send parent with tasks to see who hands work to whom.';
  return <p class="flow-note sub">{why}</p>;
}

function Types({ workflows }: { workflows: WorkflowsAnswer | undefined }) {
  const types = (workflows?.types ?? []).filter(({ runs }) => runs > 0);
  if (types.length === 0) return null;
  return (
    <Scroll label="Types of workflows">
      <table class="plain-table flow-types">
        <caption class="hidden">Workflows by type, and where their time goes</caption>
        <thead>
          <tr>
            <th scope="col">Workflow type</th>
            <th scope="col" class="num">
              Ended
            </th>
            <th scope="col" class="num">
              Median
            </th>
            <th scope="col" class="num">
              p95
            </th>
            <th scope="col">Its time goes to</th>
          </tr>
        </thead>
        <tbody>
          {types.slice(0, TYPES_SHOWN).map(({ workflowType, runs, durationMs: { n, p50, p95 }, path }) => (
            <tr key={workflowType}>
              <th scope="row">{workflowType}</th>
              <td class="num">{countText(runs)}</td>
              <td class="num" title={`of ${countText(n)} runs`}>
                {p50 === null ? '–' : valueText(p50, 'ms')}
              </td>
              <td class="num" title={`of ${countText(n)} runs`}>
                {p95 === null ? '–' : valueText(p95, 'ms')}
              </td>
              <td title="Share of the critical paths, as far as it lies with the ten largest parts">
                {sharesByPool(path)
                  .slice(0, 4)
                  .map(({ pool, share }) => `${pool} ${valueText(share, 'ratio')}`)
                  .join(' · ') || '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {types.length > TYPES_SHOWN ? <p class="flow-note sub">{types.length - TYPES_SHOWN} more types</p> : null}
    </Scroll>
  );
}
