import { expect, test } from 'vitest';
import { readView } from '../../lib/dashboard/view.ts';
import { pageLinks } from '../../lib/mcp/page-links.ts';

test('a link opens what it names on the page, whatever is in the name', () => {
  const link = pageLinks('https://fleet.example.com/')({ tab: 'alerts', agent: 'team a/b&c=d' });
  const address = new URL(link ?? '');
  expect(address.origin + address.pathname).toBe('https://fleet.example.com/');
  expect(readView(address.search)).toMatchObject({ tab: 'alerts', agent: 'team a/b&c=d' });
});

test('there is none where the address of the page is not known', () => {
  expect(pageLinks(null)({ alert: 'a' })).toBeUndefined();
});
