import type { Held } from '../held.ts';
import { kpiName } from '../kpi-names.ts';
import { Scroll } from '../scroll.tsx';
import { Section } from '../section.tsx';
import { countText, valueText } from '../show-value.ts';
import { StandingMark } from '../versus/standing-mark.tsx';
import type { BenchmarksAnswer, Competitor, CompetitorFigure, NotComparable, Position } from './benchmark-answers.ts';
import { standingText } from './standing-words.ts';

/** Beside published figures, each with its source, and beside competitors. */
export function IndustrySection({ held }: { held: Held<BenchmarksAnswer> }) {
  return (
    <Section id="industry" title="Beside the industry" held={held}>
      {({ industry_position: { positions, notComparable, competitors }, reason, madeAt }) => (
        <>
          {madeAt === null && positions.length > 0 ? <p class="note">{reason}.</p> : null}
          {positions.length === 0 ? (
            <p class="empty">
              No figure can be compared with a published one yet{madeAt === null ? `: ${reason}` : ''}. What the system
              does decides which figures fit:{' '}
              <code>PUT /v1/benchmarks/settings {'{"domain": "customer-service"}'}</code>.
            </p>
          ) : (
            <Positions positions={positions} />
          )}
          <NotCompared all={notComparable} />
          <h3 class="part">Competitors</h3>
          {competitors.length === 0 ? (
            <p class="empty">
              None is set. Bring in their figures with <code>PUT /v1/benchmarks/competitors/NAME</code>.
            </p>
          ) : (
            competitors.map((competitor) => <Beside key={competitor.name} competitor={competitor} />)
          )}
        </>
      )}
    </Section>
  );
}

function Positions({ positions }: { positions: readonly Position[] }) {
  return (
    <Scroll label="Published figures">
      <table class="plain-table positions">
        <caption class="hidden">Figures beside published ones</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" class="num">
              Own
            </th>
            <th scope="col" class="num">
              Published
            </th>
            <th scope="col">Standing</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <tr
              key={`${position.kpi} ${position.statistic} ${position.source} ${position.year} ${position.population}`}
            >
              <Figure of={position} />
              <Own of={position} />
              <td class="num">
                {referenceText(position)}
                <span class="sub">{position.kind}</span>
              </td>
              <td>
                <StandingMark standing={position.standing} label={standingText(position)} />
                {position.ratio === undefined ? null : (
                  <span class="sub">{position.ratio.toPrecision(3)} × the published one</span>
                )}
                <details>
                  <summary>How</summary>
                  <p class="reasoning">{position.reasoning}</p>
                </details>
              </td>
              <td>
                <Source of={position} />
                <span class="sub">
                  {position.population}; confidence {position.confidence}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Figure({ of: { kpi, statistic } }: { of: { kpi: string; statistic: string } }) {
  return (
    <th scope="row">
      {kpiName(kpi).label}
      <span class="sub">{statistic}</span>
    </th>
  );
}

function Own({ of: { value, unit, n } }: { of: { value: number; unit: string; n: number } }) {
  return (
    <td class="num">
      {valueText(value, unit)}
      <span class="sub">n {countText(n)}</span>
    </td>
  );
}

function Source({ of: { source, url, year, dated } }: { of: Pick<Position, 'source' | 'url' | 'year' | 'dated'> }) {
  const name = `${source}, ${year}`;
  return (
    <>
      {url?.startsWith('https://') ? (
        <a href={url} target="_blank" rel="noreferrer noopener">
          {name}
        </a>
      ) : (
        name
      )}
      {dated ? ' · dated' : ''}
    </>
  );
}

function referenceText({ reference, unit }: Position): string {
  if (typeof reference === 'number') return valueText(reference, unit);
  return reference.map((edge) => valueText(edge, unit)).join(' to ');
}

function NotCompared({ all }: { all: readonly NotComparable[] }) {
  if (all.length === 0) return null;
  return (
    <details class="folded">
      <summary>Not comparable: {all.length}</summary>
      <ul>
        {all.map(({ kpi, reason }) => (
          <li key={`${kpi} ${reason}`}>
            <strong>{kpiName(kpi).label}</strong>: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Beside({ competitor: { name, figures, notComparable } }: { competitor: Competitor }) {
  return (
    <div class="competitor">
      <h4>{name}</h4>
      {figures.length === 0 ? (
        <p class="quiet">None of its figures can be compared.</p>
      ) : (
        <Theirs name={name} figures={figures} />
      )}
      <NotCompared all={notComparable} />
    </div>
  );
}

function Theirs({ name, figures }: { name: string; figures: readonly CompetitorFigure[] }) {
  return (
    <Scroll label={`Figures of ${name}`}>
      <table class="plain-table positions">
        <caption class="hidden">Figures beside those of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" class="num">
              Own
            </th>
            <th scope="col" class="num">
              Theirs
            </th>
            <th scope="col">Standing</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={`${figure.kpi} ${figure.statistic} ${figure.year}`}>
              <Figure of={figure} />
              <Own of={figure} />
              <td class="num">{valueText(figure.theirs, figure.unit)}</td>
              <td title={figure.reasoning}>
                <StandingMark standing={figure.standing} label={figure.standing} />
                {figure.ratio === undefined ? null : <span class="sub">{figure.ratio.toPrecision(3)} × theirs</span>}
              </td>
              <td>
                <Source of={figure} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
