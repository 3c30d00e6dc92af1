import { useMemo } from 'preact/hooks';
import { useWidth } from '../charts/use-width.ts';
import { inWords } from '../kpi-names.ts';
import { usePage } from '../page-context.ts';
import { showValue, valueText } from '../show-value.ts';
import { isTrouble } from '../trouble-order.ts';
import { flowLayout, NODE, type Placed, type PlacedLink } from './flow-layout.ts';
import type { Flow, FlowPool } from './flow-pools.ts';
import { NeckMark } from './neck-mark.tsx';

const STUB_LENGTH = 34;

/**
 * The pools from left to right, in the order in which work passes them. The lines are drawn; the pools are a list, each
 * with what it hands on in words.
 */
export function FlowMap({ flow }: { flow: Flow }) {
  const { spot, width: room } = useWidth();
  const names = flow.pools.map(({ pool }) => pool).join('\n');
  const layout = useMemo(
    () => flowLayout(names.split('\n'), flow.links, flow.entries, room - 32),
    [names, flow.links, flow.entries, room],
  );
  const { width, height, nodes, links } = layout;
  const byPool = new Map(flow.pools.map((pool) => [pool.pool, pool]));
  const most = Math.max(1e-9, ...flow.pools.map(({ completedPerMin }) => completedPerMin ?? 0));
  return (
    <div class="flow-scroll" ref={spot}>
      <div class="flow-map" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
          {links.map((link) => (
            <LinkLine key={`${link.from} ${link.to}`} link={link} most={most} />
          ))}
          {nodes.map((node) => {
            const pool = byPool.get(node.pool);
            return pool ? <Stubs key={node.pool} node={node} pool={pool} most={most} /> : null;
          })}
        </svg>
        <ol>
          {nodes.map((node) => {
            const pool = byPool.get(node.pool);
            return pool ? <PoolNode key={node.pool} node={node} pool={pool} links={links} /> : null;
          })}
        </ol>
      </div>
    </div>
  );
}

function thickness(perMin: number, most: number): number {
  return Math.round((1 + 4 * Math.sqrt(Math.min(1, perMin / most))) * 10) / 10;
}

function LinkLine({ link, most }: { link: PlacedLink; most: number }) {
  const { path, perMin, labelX, labelY, isBack } = link;
  return (
    <g class={`flow-link ${isBack ? 'back' : ''}`}>
      <path d={path} stroke-width={thickness(perMin, most)} />
      <Head path={path} isUp={isBack} />
      <text x={labelX} y={labelY} text-anchor={isBack ? 'middle' : 'end'}>
        {rateText(perMin)}
      </text>
    </g>
  );
}

/** The point of an arrow at the end of a path. */
function Head({ path, isUp }: { path: string; isUp: boolean }) {
  const [x, y] = path
    .split(/[ C,S]/)
    .slice(-2)
    .map(Number) as [number, number];
  return <path class="head" d={isUp ? `M${x - 5} ${y}h10l-5 -7Z` : `M${x - 1} ${y - 5}v10l8 -5Z`} />;
}

/** Work that comes from outside and that is handed to nobody. */
function Stubs({ node, pool, most }: { node: Placed; pool: FlowPool; most: number }) {
  const y = node.y + NODE.height / 2;
  const end = node.x + NODE.width;
  const { arrivalsPerMin: came, completedPerMin: done } = pool;
  return (
    <>
      {node.isEntry ? (
        <g class="flow-link">
          <path d={`M${node.x - STUB_LENGTH - 8} ${y}H${node.x - 8}`} stroke-width={thickness(came ?? 0, most)} />
          <path class="head" d={`M${node.x - 9} ${y - 5}v10l8 -5Z`} />
          <text x={node.x - 12} y={y - 8} text-anchor="end">
            {came === null ? '' : rateText(came)}
          </text>
          <text x={node.x - 12} y={y + 18} text-anchor="end">
            arrive
          </text>
        </g>
      ) : null}
      {node.isExit ? (
        <g class="flow-link">
          <path d={`M${end} ${y}h${STUB_LENGTH}`} stroke-width={thickness(done ?? 0, most)} />
          <path class="head" d={`M${end + STUB_LENGTH} ${y - 5}v10l8 -5Z`} />
          <text x={end + 8} y={y - 8}>
            {done === null ? '' : rateText(done)}
          </text>
          <text x={end + 8} y={y + 18}>
            done
          </text>
        </g>
      ) : null}
    </>
  );
}

function PoolNode({ node, pool, links }: { node: Placed; pool: FlowPool; links: readonly PlacedLink[] }) {
  const { view, go } = usePage('pool');
  const { utilization, queue, agents, rank, level, state } = pool;
  const isChosen = view.pool === pool.pool;
  const place = { left: `${node.x}px`, top: `${node.y}px`, width: `${NODE.width}px`, height: `${NODE.height}px` };
  const given = links.filter(({ from }) => from === pool.pool);
  const tone = rank === 1 ? 'first' : isTrouble(state) ? 'in-trouble' : '';
  return (
    <li style={place}>
      <button
        type="button"
        class={`flow-node ${tone}`}
        aria-pressed={isChosen}
        title={tooltip(pool)}
        onClick={() => go({ pool: isChosen ? null : pool.pool })}
      >
        <span class="flow-name">
          <strong>{pool.pool}</strong>
          {rank === 1 ? (
            <span class="mark first-limit">
              <NeckMark /> bottleneck
            </span>
          ) : isTrouble(state) ? (
            <span class="mark in-trouble">{inWords(state)}</span>
          ) : null}
        </span>
        <span class="flow-bar">
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="all" width="100" height="6" />
            <rect class="used" width={100 * Math.min(1, utilization ?? 0)} height="6" />
          </svg>
          <span>
            <span class="hidden">utilization </span>
            {utilization === null ? '–' : valueText(utilization, 'ratio')}
          </span>
        </span>
        <span class="flow-facts">
          {agents} {agents === 1 ? 'agent' : 'agents'} · queue {queue === null ? '–' : showValue(queue, 'tasks').figure}
          {level === null || level === 'accept' ? null : <strong> · {level}</strong>}
        </span>
        <span class="hidden">
          {arrivalWords(pool)}
          {pool.completedPerMin === null ? '' : `, completes ${rateText(pool.completedPerMin)}`}
          {given.map(({ to, perMin }) => `, hands ${rateText(perMin)} to ${to}`).join('')}
        </span>
      </button>
    </li>
  );
}

function arrivalWords({ arrivalsPerMin }: FlowPool): string {
  return arrivalsPerMin === null ? '' : `, ${rateText(arrivalsPerMin)} arrive`;
}

function tooltip({ pool, completedPerMin, utilization, why, level }: FlowPool): string {
  return [
    `Pool ${pool}: ${completedPerMin === null ? 'throughput not known' : `${rateText(completedPerMin)} completed`}`,
    utilization === null ? 'utilization not known' : `${valueText(utilization, 'ratio')} of its slots at work`,
    ...(level === null ? [] : [`new work: ${level}${why.length > 0 ? `, ${why.join(', ')}` : ''}`]),
    'click to show its agents only',
  ].join('; ');
}

/** Short enough to stand at a line. */
function rateText(perMin: number): string {
  return `${showValue(perMin, '1/min').figure}/min`;
}
