import type { Method, Route } from './route.ts';

export interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

/** What is at a path: undefined where nothing is. */
export interface Resource {
  /** The route for a method; a HEAD is answered by the GET. */
  match(method: string): Match | undefined;
  /** For the `Allow` header. */
  readonly allowed: string;
}

interface Place {
  readonly pattern: readonly string[];
  readonly routes: Map<string, Route>;
}

/** Paths match as they were sent: no `..` is resolved, no `//` merged, no `%2F` divides. */
export function createRouteTable(routes: readonly Route[]): (path: string) => Resource | undefined {
  const places = new Map<string, Place>();
  for (const route of routes) {
    const place = places.get(route.path) ?? { pattern: route.path.split('/'), routes: new Map() };
    if (place.routes.has(route.method)) throw new TypeError(`two routes: ${route.method} ${route.path}`);
    place.routes.set(route.method, route);
    places.set(route.path, place);
  }
  const patterns = [...places.values()].filter(({ pattern }) => pattern.some(isVariable));
  const fixed = new Map([...places].filter(([, { pattern }]) => !pattern.some(isVariable)));

  return (path) => {
    const exact = fixed.get(path);
    if (exact !== undefined) return resource(exact, new Map());
    const segments = path.split('/');
    for (const place of patterns) {
      const params = bind(place.pattern, segments);
      if (params !== undefined) return resource(place, params);
    }
    return undefined;
  };
}

function resource({ routes }: Place, params: ReadonlyMap<string, string>): Resource {
  return {
    match(method) {
      const route = routes.get(method) ?? (method === 'HEAD' ? headOf(routes) : undefined);
      return route && { route, params };
    },
    allowed: allowedOf(routes),
  };
}

function headOf(routes: ReadonlyMap<string, Route>): Route | undefined {
  const get = routes.get('GET' satisfies Method);
  return get?.head === false ? undefined : get;
}

function allowedOf(routes: ReadonlyMap<string, Route>): string {
  return [...routes.keys(), ...(headOf(routes) ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function isVariable(segment: string): boolean {
  return segment.startsWith(':') || segment === '*';
}

/** The variables of a pattern, if the path fits it. */
function bind(
  pattern: readonly string[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const rest = pattern.at(-1) === '*';
  if (rest ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (expected === '*') params.set('*', segments.slice(index).join('/'));
    else if (!expected.startsWith(':')) {
      if (segment !== expected) return undefined;
    } else {
      const value = decoded(segment);
      if (value === undefined || value === '') return undefined;
      params.set(expected.slice(1), value);
    }
  }
  return params;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
