import { type ReadonlySignal, signal } from '@preact/signals';
import { pathOf, type Route, routeOf } from './routes.ts';

/** Where in the page one is, kept in the address bar. */
export interface Navigation {
  readonly route: ReadonlySignal<Route>;
  /** @param replace the place that is left makes no sense to go back to */
  go(route: Route, replace?: boolean): void;
  linkTo(roomId: string): string;
  /**
   * Keeps the person here, as in a call: the browser asks before it closes or leaves the page, and Back calls `onBack`
   * and goes nowhere. Until the returned function is called.
   */
  hold(onBack: () => void): () => void;
  /** Goes back, held or not. */
  back(): void;
}

export function createNavigation(window: Window): Navigation {
  const read = () => routeOf(new URL(window.location.href));
  const route = signal(initialRoute(read(), window.performance));
  let held: (() => void) | null = null;
  window.addEventListener('popstate', () => {
    if (held === null) {
      route.value = read();
      return;
    }
    // The browser has gone already: an entry for the same place brings the person back to it.
    window.history.pushState(null, '', pathOf(route.peek()));
    held();
  });
  const beforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
  return {
    route,
    go(next, replace = false) {
      if (replace) window.history.replaceState(null, '', pathOf(next));
      else window.history.pushState(null, '', pathOf(next));
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

/** The server leads a link without a call home by a redirect; nothing else redirects to there. */
function initialRoute(route: Route, performance: Performance): Route {
  if (route.at !== 'home' || route.missing) return route;
  const [entry] = performance.getEntriesByType('navigation');
  const redirected = entry instanceof PerformanceNavigationTiming && entry.redirectCount > 0;
  return { at: 'home', missing: redirected };
}
