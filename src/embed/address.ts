/** Attributes of `<parley-call>` that go into the frame's address, each as the page's parameter of that name. */
const PARAMETERS = ['name', 'lang', 'theme', 'audio', 'video', 'layout', 'hide'] as const;

/** Features that a call needs, as words of an iframe's `allow`. */
const ALLOWED = [
  'camera',
  'microphone',
  'display-capture',
  'autoplay',
  'fullscreen',
  'picture-in-picture',
  'screen-wake-lock',
  'clipboard-write',
] as const;

/** Returns `allow` with the origin written out, which some browsers need. */
export function allowFor(origin: string): string {
  return ALLOWED.map((feature) => `${feature} ${origin}`).join('; ');
}

/**
 * Returns the address of the frame; null if `url` is no http or https address. The token is never part of it.
 * @param attribute returns an attribute of the element, null if it isn't set
 * @param own the server that this script came from
 */
export function frameAddress(
  attribute: (name: string) => string | null,
  own: string | undefined,
): URL | null {
  const given = attribute('url') ?? own;
  if (given === undefined || !URL.canParse(given)) return null;
  const address = new URL(given);
  if (!/^https?:$/.test(address.protocol)) return null;
  const room = attribute('room');
  if (room !== null && room !== '') address.pathname = `/connect/${segment(room)}`;
  else if (!address.pathname.startsWith('/connect/')) address.pathname = '/';
  address.hash = '';
  for (const name of PARAMETERS) {
    const value = attribute(name);
    if (value !== null && value !== '') address.searchParams.set(name, value);
  }
  if (attribute('skiplobby') !== null) address.searchParams.set('skipLobby', '');
  address.searchParams.set('embed', '1');
  return address;
}

/** What the id of no room is. */
const NO_ROOM = '-';

/** Returns a room's id as one segment of a path. What can't be one (dots, half a surrogate pair) is no room's id either. */
function segment(room: string): string {
  if (/^\.{1,2}$/.test(room)) return NO_ROOM;
  try {
    return encodeURIComponent(room);
  } catch {
    return NO_ROOM;
  }
}
