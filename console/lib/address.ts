/** The query string of the page's address: what a link keeps. Nothing about who asks is ever in it. */
import { useMemo, useSyncExternalStore } from 'react';

const changed = 'donor-lookout:address';

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(changed, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(changed, listener);
  };
}

const addressOf = (search: URLSearchParams): string => {
  const text = search.toString();
  return `${location.pathname}${text === '' ? '' : `?${text}`}`;
};

/** Takes the place of what is in the address now. */
export function replaceSearch(search: URLSearchParams): void {
  history.replaceState(null, '', addressOf(search));
  dispatchEvent(new Event(changed));
}

/** A new entry: the browser's way back leads to what was there before. */
function pushSearch(search: URLSearchParams): void {
  history.pushState(null, '', addressOf(search));
  dispatchEvent(new Event(changed));
}

export function useAddress() {
  const text = useSyncExternalStore(subscribe, () => location.search);
  return useMemo(() => ({ search: new URLSearchParams(text), replace: replaceSearch, push: pushSearch }), [text]);
}
