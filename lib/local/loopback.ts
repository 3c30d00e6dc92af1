const loopbackNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a `Host` header names this machine, so that a page from elsewhere cannot reach in through a DNS trick. */
export function isLoopbackHost(host: string): boolean {
  return loopbackNames.test(host.replace(/:\d+$/, '').toLowerCase());
}

export function isLoopbackUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (protocol === 'http:' || protocol === 'https:') && loopbackNames.test(hostname);
}
