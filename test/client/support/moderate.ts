import type { SdkWindow } from './in-page.ts';

/** What a moderator does to the first of the others, or to the room. */
export type Deed = 'kick' | 'ban' | 'lock' | 'mute' | 'close';

/** Runs in the page. Resolves with the code of a refusal, else undefined. */
export async function moderate(deed: Deed): Promise<string | undefined> {
  const own: SdkWindow = window;
  const { call } = own;
  const [peer] = call?.peers.values() ?? [];
  if (call === undefined || peer === undefined) throw new Error('alone');
  try {
    if (deed === 'kick' || deed === 'ban') await call.moderation.kick(peer, { ban: deed === 'ban' });
    else if (deed === 'lock') await call.moderation.lock(true);
    else if (deed === 'mute') await call.moderation.askToMute(peer, 'audio');
    else await call.moderation.closeRoom();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
