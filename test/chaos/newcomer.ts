import { browserClock } from '../../src/client/signaling/clock.ts';
import { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import { mintToken } from '../../src/load/credentials.ts';
import { SECRET } from '../support/server/accounts.ts';
import { type Member, PlainSocket } from './member.ts';

/** Somebody comes in last, and compares what the room shares and shows with what its members have heard. */
export async function lookAround(url: string, roomId: string, members: readonly Member[]): Promise<string[]> {
  const claims = { room: { id: roomId, skipKnock: true } };
  const session = new ResumableSession({
    url: `${url.replace('http', 'ws')}/ws`,
    token: () => mintToken(SECRET, `newcomer-${roomId.slice(0, 8)}`, Date.now(), claims),
    WebSocket: PlainSocket,
    clock: browserClock,
    random: Math.random,
  });
  try {
    const joined = await session.request('room:join', { roomId });
    if (joined.event !== 'room:joined') return [`the newcomer got ${joined.event}`];
    const { data, peers } = joined.payload;
    const shared = sorted(data);
    const faults: string[] = [];
    for (const member of members) {
      const { name, doings, peerId } = member;
      if (sorted(Object.fromEntries(doings.data)) !== shared) faults.push(`${name} has other shared data`);
      if (doings.order.join() !== members[0]?.doings.order.join()) faults.push(`${name} heard another order`);
      const peer = peers.find((candidate) => candidate.peerId === peerId);
      if (peer?.hand !== doings.hand) faults.push(`${name} has hand ${doings.hand}, shown as ${peer?.hand}`);
    }
    return faults;
  } finally {
    session.close();
  }
}

function sorted(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
