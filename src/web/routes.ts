const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const CALL_PATH = new RegExp(`^/connect/(${UUID.source})/?$`, 'i');
const CODE = new RegExp(`^${UUID.source}$`, 'i');

/** A view of the page. `missing`: the person followed a link to a call that doesn't exist. */
export type Route = { at: 'home'; missing: boolean } | { at: 'call'; roomId: string };

/** Returns the route of an address; home for every unknown one. */
export function routeOf(url: URL): Route {
  const roomId = CALL_PATH.exec(url.pathname)?.[1];
  if (roomId !== undefined) return { at: 'call', roomId: roomId.toLowerCase() };
  return { at: 'home', missing: url.searchParams.has('missing') };
}

export function pathOf(route: Route): string {
  if (route.at === 'call') return `/connect/${route.roomId}`;
  return route.missing ? '/?missing=1' : '/';
}

/**
 * Finds the room id in pasted text: a whole link, its path, the bare code, or a message around one of them.
 * @returns null if there is no id, or more than one
 */
export function roomIdIn(text: string): string | null {
  const words = text.split(/[\s<>"'()]+/).filter((word) => word !== '');
  const found = new Set(words.map(roomIdOfWord).filter((id) => id !== null));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

function roomIdOfWord(word: string): string | null {
  const bare = word.replace(/[.,;:!?]+$/, '');
  if (CODE.test(bare)) return bare.toLowerCase();
  const path = bare.replace(/^([a-z]+:\/\/)?[^/]*/i, '').replace(/[?#].*$/, '');
  return CALL_PATH.exec(path)?.[1]?.toLowerCase() ?? null;
}
