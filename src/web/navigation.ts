import { type ReadonlySignal, signal } from '@preact/signals';
import { type Place, pathOf, placeOf } from './links.ts';

/** Where in the page one is, kept in the address bar. */
export interface Navigation {
  readonly place: ReadonlySignal<Place>;
  /** @param replace the place that is left makes no sense to go back to */
  go(place: Place, replace?: boolean): void;
  linkTo(roomId: string): string;
}

export function createNavigation(window: Window): Navigation {
  const read = () => placeOf(new URL(window.location.href));
  const place = signal(arrivalAt(read(), window.performance));
  window.addEventListener('popstate', () => {
    place.value = read();
  });
  return {
    place,
    go(next, replace = false) {
      if (replace) window.history.replaceState(null, '', pathOf(next));
      else window.history.pushState(null, '', pathOf(next));
      place.value = next;
      window.scrollTo(0, 0);
    },
    linkTo: (roomId) => new URL(pathOf({ at: 'call', roomId }), window.location.href).href,
  };
}

/** The server leads a link without a call home by a redirect; nothing else redirects to there. */
function arrivalAt(place: Place, performance: Performance): Place {
  if (place.at !== 'home' || place.missing) return place;
  const [entry] = performance.getEntriesByType('navigation');
  const redirected = entry instanceof PerformanceNavigationTiming && entry.redirectCount > 0;
  return { at: 'home', missing: redirected };
}
