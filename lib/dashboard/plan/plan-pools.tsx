import { usePage } from '../page-context.ts';
import { Scroll } from '../scroll.tsx';
import { clockText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import type { PlanAnswer } from './plan-answer.ts';
import { saturationWords } from './plan-words.ts';
import { type PoolRow, poolRows, stepText } from './pool-rows.ts';
import { ShareBar } from './share-bar.tsx';

/** Agents of each pool now and as planned, how full that is, and what is to come. */
export function PlanPools({ plan, nowMs }: { plan: PlanAnswer; nowMs: number }) {
  const rows = poolRows(plan);
  return (
    <Scroll label="Pools of the plan">
      <table class="plan-pools">
        <caption class="hidden">Pools of the plan in force, tightest first</caption>
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col" class="number">
              Agents now <span aria-hidden="true">→</span> planned
            </th>
            <th scope="col">
              Capacity in use <span class="sub">of what is usable, as planned</span>
            </th>
            <th scope="col" class="number">
              Comes now <span class="sub">tasks a minute</span>
            </th>
            <th scope="col" class="number">
              Carries <span class="sub">one agent to spare</span>
            </th>
            <th scope="col">
              Busiest hour <span class="sub">nine of ten times at most</span>
            </th>
            <th scope="col">Full</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <PoolLine key={row.pool} row={row} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function PoolLine({ row, nowMs }: { row: PoolRow; nowMs: number }) {
  const { view, go } = usePage('pool');
  const { pool, now, planned, saturation, utilization, outlook } = row;
  const change = now === null ? null : planned - now;
  const { tasksPerMin, capacityPerMin, peak, saturation: full } = outlook ?? {};
  const unknown = outlook?.reason ?? 'not told';
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-pressed={view.pool === pool}
          title={`Show what is ahead of pool ${pool}`}
          onClick={() => go({ pool: view.pool === pool ? null : pool })}
        >
          {pool}
        </button>
      </th>
      <td class="number">
        {now ?? '–'} <span aria-hidden="true">→</span>
        <span class="hidden">planned</span> <strong>{planned}</strong>
        <span class="sub">{change === null ? '' : stepText(change)}</span>
      </td>
      <td>
        <ShareBar
          share={saturation}
          title={`${saturation === null ? 'not told' : valueText(saturation, 'ratio')} of the usable capacity; utilization ${utilization === null ? 'not told' : valueText(utilization, 'ratio')}`}
        />
      </td>
      <td class="number">{figure(tasksPerMin, unknown)}</td>
      <td class="number">{figure(capacityPerMin, unknown)}</td>
      <td title={peak?.words.join(' ') ?? unknown}>
        {peak ? (
          <>
            {valueText(peak.perMin, '1/min')}, {peak.agents} agents
            <span class="sub">from {clockText(Date.parse(peak.at), nowMs)} UTC</span>
          </>
        ) : (
          <span class="quiet">{outlook?.status === 'unknown' ? outlook.reason : 'not told'}</span>
        )}
      </td>
      <td title={full?.reason ?? ''}>
        {full ? (
          <span class={full.at === null ? 'quiet' : 'trouble'}>{saturationWords(full, nowMs)}</span>
        ) : (
          <span class="quiet">not told</span>
        )}
      </td>
    </tr>
  );
}

function figure(perMin: number | null | undefined, why: string) {
  if (typeof perMin !== 'number') {
    return (
      <span class="quiet" title={why}>
        –
      </span>
    );
  }
  return valueText(perMin, '1/min');
}
