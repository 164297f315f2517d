const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const CALL_PATH = new RegExp(`^/connect/(${UUID.source})/?$`, 'i');
const CODE = new RegExp(`^${UUID.source}$`, 'i');

/** Where in the page a person is. `missing`: was sent home from a link without a call. */
export type Route = { at: 'home'; missing: boolean } | { at: 'call'; roomId: string };

/** @returns the place that an address stands for; everything unknown is home */
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
 * @param text what a person pasted: a whole link, its path, the code alone, or a message around one of them
 * @returns the room's id, or null where there is none, or more than one
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
