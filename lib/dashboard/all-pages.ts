import type { Api, Reply } from './api.ts';

/** A page has at most 1,000 items; this many pages are followed. */
const MAX_PAGES = 10;

type Paged<Name extends string> = Readonly<Record<Name, readonly unknown[]>> & { next?: string | null };

const joined = new WeakMap<object, { pages: readonly object[]; answer: object }>();

/** Every page of a list, put together; the same object as before where no page says anything new. */
export async function allPages<Name extends string, Answer extends Paged<Name>>(
  api: Api,
  name: Name,
  path: string,
): Promise<Reply<Answer>> {
  const first = await api.get<Answer>(path);
  if (first.status !== 'ok' || !first.answer.next) return first;
  const pages: Answer[] = [first.answer];
  for (let next = first.answer.next; next && pages.length < MAX_PAGES; ) {
    const more = await api.get<Answer>(`${path}&cursor=${encodeURIComponent(next)}`);
    if (more.status !== 'ok') return more;
    pages.push(more.answer);
    next = more.answer.next ?? '';
  }
  const before = joined.get(first.answer);
  if (before && before.pages.length === pages.length && before.pages.every((page, i) => page === pages[i])) {
    return { status: 'ok', answer: before.answer as Answer };
  }
  const answer = { ...first.answer, [name]: pages.flatMap((page) => page[name]), next: pages.at(-1)?.next ?? null };
  joined.set(first.answer, { pages, answer });
  return { status: 'ok', answer };
}
