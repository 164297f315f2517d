import type { EndpointName } from '../../protocol/endpoint-types.ts';
import { ENDPOINTS, type Endpoint, type Method } from '../../protocol/endpoints.ts';
import { isForBrowser, isForProgram } from './links.ts';
import type { RequestHead } from './request.ts';

export interface Match<Name extends EndpointName = EndpointName> {
  readonly name: Name;
  readonly endpoint: Endpoint;
  /** Values of the path's `:name` segments, decoded. */
  readonly params: ReadonlyMap<string, string>;
}

/** What is at a path. */
export interface Resource {
  /** Returns the endpoint that answers a request by its method; a HEAD is answered by the GET. */
  match(request: Pick<RequestHead, 'method' | 'headers'>): Match | undefined;
  /** Methods for the `Allow` header. */
  readonly allowed: string;
}

type Route = Omit<Match, 'params'>;

/** The endpoints at one path, by method. */
interface Location {
  readonly pattern: readonly string[];
  readonly routes: Map<string, Route[]>;
}

/** Returns a look-up by path. Paths match as they were sent: no `..` is resolved, no `//` merged, no `%2F` separates. */
export function createRouteTable(): (path: string) => Resource | undefined {
  const locations = new Map<string, Location>();
  for (const [name, endpoint] of entries()) {
    const { method, path } = endpoint;
    const location = locations.get(path) ?? { pattern: path.split('/'), routes: new Map() };
    location.routes.set(method, [...(location.routes.get(method) ?? []), { name, endpoint }]);
    locations.set(path, location);
  }
  const patterns = [...locations.values()].filter(({ pattern }) => pattern.some(isVariable));
  const fixed = new Map([...locations].filter(([, { pattern }]) => !pattern.some(isVariable)));

  return (path) => {
    const exact = fixed.get(path);
    if (exact !== undefined) return resource(exact, new Map());
    const segments = path.split('/');
    for (const location of patterns) {
      const params = bind(location.pattern, segments);
      if (params !== undefined) return resource(location, params);
    }
    return undefined;
  };
}

function entries(): [EndpointName, Endpoint][] {
  return Object.entries(ENDPOINTS) as [EndpointName, Endpoint][];
}

function resource({ routes }: Location, params: ReadonlyMap<string, string>): Resource {
  return {
    match(request) {
      const { method } = request;
      const candidates = routes.get(method) ?? (method === 'HEAD' ? headOf(routes) : undefined);
      const route = candidates && preferred(candidates, request);
      return route && { ...route, params };
    },
    allowed: allowedOf(routes),
  };
}

const PREFERS = { 'application/json': isForProgram, 'text/html': isForBrowser } as const;

/** Of endpoints with the same method and path, the one for what the client accepts. */
function preferred(candidates: readonly Route[], request: Pick<RequestHead, 'headers'>): Route | undefined {
  if (candidates.length === 1) return candidates[0];
  const asked = candidates.find(
    ({ endpoint: { accept } }) => accept !== undefined && PREFERS[accept](request),
  );
  return asked ?? candidates.find(({ endpoint }) => endpoint.accept === undefined);
}

function headOf(routes: Location['routes']): Route[] | undefined {
  const get = routes.get('GET' satisfies Method);
  return get?.some(({ endpoint }) => endpoint.head === false) ? undefined : get;
}

function allowedOf(routes: Location['routes']): string {
  return [...routes.keys(), ...(headOf(routes) ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function isVariable(segment: string): boolean {
  return segment.startsWith(':') || segment === '*';
}

/** Returns the values of a pattern's variables, undefined if the path doesn't fit it. */
function bind(
  pattern: readonly string[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
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
