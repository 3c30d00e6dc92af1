/**
 * The paths that a paragraph lists as code: `/v1/agents[/{agent}]` is two, with what stands in brackets and without;
 * `/v1/knowledge[/a|/b]` three.
 * @throws RangeError where no paragraph begins so
 */
export function listedPaths(markdown: string, beginning: string): string[] {
  const paragraph = markdown.split('\n\n').find((text) => text.startsWith(beginning));
  if (paragraph === undefined) throw new RangeError(`no paragraph begins with "${beginning}"`);
  return [...paragraph.matchAll(/`(\/[^`[]+)(?:\[([^`\]]+)\])?`/g)].flatMap(([, path = '', endings]) => [
    path,
    ...(endings?.split('|') ?? []).map((ending) => `${path}${ending}`),
  ]);
}
