import { type ReadonlySignal, signal } from '@preact/signals';
import type { LinkSecrets } from './link-secrets.ts';
import { pathOf, type Route, routeOf } from './routes.ts';

/** The current route, kept in the address bar. */
export interface Navigation {
  readonly route: ReadonlySignal<Route>;
  /** @param replace replaces the current history entry, so that Back skips it */
  go(route: Route, replace?: boolean): void;
  linkTo(roomId: string): string;
  /**
   * Guards the page during a call until the returned function is called: the browser asks before it closes the page,
   * and Back calls `onBack` and stays.
   */
  hold(onBack: () => void): () => void;
  /** Goes back, guarded or not. */
  back(): void;
}

/**
 * In a frame, the address stays the one that the site gave, with its parameters: a reload opens what the site wants to show,
 * and Back is the site's. Other sites can't show the pages of accounts in a frame [HT7], so their addresses wouldn't reload.
 * @param secrets takes over what a link carries, before anybody sees it in the address bar
 */
export function createNavigation(window: Window, secrets: LinkSecrets, framed: boolean): Navigation {
  const read = () => {
    const url = new URL(window.location.href);
    const rest = secrets.takeFrom(url);
    if (rest !== null) window.history.replaceState(null, '', rest);
    return routeOf(rest ?? url);
  };
  const isSignInReturn = /^#(code|error)=/.test(window.location.hash);
  const route = signal(isSignInReturn ? read() : initialRoute(read(), window.performance));
  let held: (() => void) | null = null;
  window.addEventListener('popstate', () => {
    if (held === null) {
      route.value = read();
      return;
    }
    // The browser has already gone back. Pushing the same route returns to it.
    window.history.pushState(null, '', pathOf(route.peek()));
    held();
  });
  const beforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
  return {
    route,
    go(next, replace = false) {
      if (!framed) {
        if (replace) window.history.replaceState(null, '', pathOf(next));
        else window.history.pushState(null, '', pathOf(next));
      }
      route.value = next;
      window.scrollTo(0, 0);
    },
    hold(onBack) {
      held = onBack;
      window.addEventListener('beforeunload', beforeUnload);
      return () => {
        if (held === onBack) held = null;
        window.removeEventListener('beforeunload', beforeUnload);
      };
    },
    back() {
      held = null;
      window.removeEventListener('beforeunload', beforeUnload);
      window.history.back();
    },
    linkTo: (roomId) => new URL(pathOf({ at: 'call', roomId }), window.location.href).href,
  };
}

/** The server redirects the link of a missing call to the home page; besides, only the end of a sign-in leads there. */
function initialRoute(route: Route, performance: Performance): Route {
  if (route.at !== 'home' || route.missing) return route;
  const [entry] = performance.getEntriesByType('navigation');
  const redirected = entry instanceof PerformanceNavigationTiming && entry.redirectCount > 0;
  return { at: 'home', missing: redirected };
}
