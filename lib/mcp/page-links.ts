/** What a link opens: the names are those of the address of the page (lib/dashboard/view.ts). */
export interface PageView {
  tab?: 'plan' | 'alerts' | 'compare';
  agent?: string;
  alert?: string;
  pool?: string;
}

/** Where the page shows what a tool tells of; undefined where its address is not known. */
export type PageLinks = (view: PageView) => string | undefined;

/** @param url of the page, null where it is not known */
export function pageLinks(url: string | null): PageLinks {
  return (view) => {
    if (url === null) return undefined;
    const address = new URL(url);
    for (const [name, value] of Object.entries(view)) address.searchParams.set(name, value);
    return address.href;
  };
}
