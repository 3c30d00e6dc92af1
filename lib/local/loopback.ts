import type { IncomingHttpHeaders } from 'node:http';

const loopbackNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a `Host` header names this machine, so that a page from elsewhere cannot reach in through a DNS trick. */
export function isLoopbackHost(host: string): boolean {
  return loopbackNames.test(host.replace(/:\d+$/, '').toLowerCase());
}

/**
 * Whether a request can come from a program of this machine that means it: no page has business with what stands in for AWS, and a
 * browser says `Origin` where one asks from elsewhere, and a foreign `Host` where a name was made to point here.
 */
export function isFromProgramHere({ host = '', origin }: IncomingHttpHeaders): boolean {
  return isLoopbackHost(host) && origin === undefined;
}

export function isLoopbackUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (protocol === 'http:' || protocol === 'https:') && loopbackNames.test(hostname);
}
