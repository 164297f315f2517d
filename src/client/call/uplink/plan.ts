import type { PictureKind, ShownPicture } from '../../media-types.ts';
import { bestRung, type CpuCaps, costOf, type Rung, rungsOf, type Source } from './ladder.ts';

/** A picture that this side has, and how a peer asks for it. */
export interface PictureWish {
  readonly kind: PictureKind;
  /** Undefined: the peer has said nothing, so that it counts as fully shown. */
  readonly asked: ShownPicture | undefined;
  readonly source: Source;
}

export interface PeerWish<Key> {
  readonly key: Key;
  /** What its sound may take of the uplink, in bits per second. */
  readonly sound: number;
  /** The most that its own path bears, sound included, in bits per second. */
  readonly ceiling: number;
  readonly pictures: readonly PictureWish[];
}

interface Picture<Key> {
  readonly key: Key;
  readonly kind: PictureKind;
}

/** `hidden`: nobody looks at it. `held`: the uplink doesn't bear it. */
export interface Unsent<Key> extends Picture<Key> {
  readonly state: 'hidden' | 'held';
}

export interface Sent<Key> extends Picture<Key> {
  readonly state: 'sent';
  /** Bits per second of the uplink. */
  readonly cost: number;
  readonly askedHeight: number;
  /** The best that fits. */
  readonly rung: Rung;
  /** The best that fits with room to spare: better than what is sent, it is worth a change. */
  readonly sure: Rung;
}

/** What one picture gets. */
export type Share<Key> = Unsent<Key> | Sent<Key>;

export interface Plan<Key> {
  readonly shares: readonly Share<Key>[];
  /** Bits per second of the uplink, for sound and for all. */
  readonly sound: number;
  readonly total: number;
  /** Whether a larger budget would be used. */
  readonly limited: boolean;
}

/** How much more than its least a picture must have before it grows to it. */
const SPARE = 1.15;

/** A picture on its way to its share. */
interface Claim<Key> {
  readonly wish: PictureWish;
  readonly peer: PeerWish<Key>;
  readonly askedHeight: number;
  readonly rungs: readonly Rung[];
  readonly least: number;
  readonly most: number;
  /** 0 comes before 1. */
  readonly rank: number;
  cost: number;
}

/**
 * Divides the uplink among pictures: never more than is asked for, and never more than the budget. Sound comes before
 * everything. Then each picture gets the least that is of use; where that ends, all that come later are held. The rest goes
 * to the pictures that people look at (`first`), then to shares, then to cameras, and within these to all alike. No picture
 * gets less from a larger budget.
 * @param budget bits per second of the uplink; undefined sends sound alone
 */
export function planUplink<Key>(
  peers: readonly PeerWish<Key>[],
  budget: number | undefined,
  cpu: Readonly<Record<PictureKind, CpuCaps>>,
): Plan<Key> {
  const sound = peers.reduce((sum, peer) => sum + peer.sound, 0);
  const claims = peers
    .flatMap((peer) => peer.pictures.map((wish) => claimOf(peer, wish, cpu[wish.kind])))
    .sort((one, other) => one.rank - other.rank);
  const asked = claims.filter(({ askedHeight }) => askedHeight > 0);
  const room = new Map(peers.map((peer) => [peer, Math.max(0, peer.ceiling - peer.sound)]));
  const limited = spread(asked, Math.max(0, (budget ?? 0) - sound), room);
  const shares = claims.map((claim) => shareOf(claim));
  const pictures = asked.reduce((sum, { cost }) => sum + cost, 0);
  return { shares, sound, total: sound + pictures, limited: limited && budget !== undefined };
}

/** Sets what each claim costs. Returns whether a larger budget would be used. */
function spread<Key>(
  claims: readonly Claim<Key>[],
  budget: number,
  room: Map<PeerWish<Key>, number>,
): boolean {
  let rest = budget;
  const give = (claim: Claim<Key>, cost: number) => {
    claim.cost += cost;
    rest -= cost;
    room.set(claim.peer, roomOf(claim) - cost);
  };
  const roomOf = ({ peer }: Claim<Key>) => room.get(peer) ?? 0;
  const fitting = claims.filter(({ peer, least }) => {
    const left = (room.get(peer) ?? 0) - least;
    if (left >= 0) room.set(peer, left);
    return left >= 0;
  });
  for (const { peer, least } of fitting) room.set(peer, (room.get(peer) ?? 0) + least);
  for (const claim of fitting) {
    if (claim.least > rest) return true;
    give(claim, claim.least);
  }
  let limited = false;
  for (const rank of new Set(fitting.map((claim) => claim.rank))) {
    const alike = fitting.filter((claim) => claim.rank === rank);
    // What a peer's later pictures keep as their least is taken from its room already.
    const wants = alike.map((claim) => Math.min(claim.most - claim.least, roomOf(claim)));
    const wanted = wants.reduce((sum, want) => sum + want, 0);
    // What is left may be a hair below 0 after so many subtractions.
    const part = wanted <= Math.max(0, rest) ? 1 : Math.max(0, rest) / wanted;
    limited ||= part < 1;
    for (const [index, claim] of alike.entries()) give(claim, part * (wants[index] ?? 0));
  }
  return limited;
}

function claimOf<Key>(peer: PeerWish<Key>, wish: PictureWish, cpu: CpuCaps): Claim<Key> {
  const { kind, asked, source } = wish;
  const askedHeight = Math.min(source.height, asked?.height ?? source.height);
  const rungs = askedHeight > 0 ? rungsOf(kind, source, askedHeight, cpu) : [];
  const [best, last] = [rungs[0], rungs.at(-1)];
  const rank = (asked?.first === true ? 0 : 2) + (kind === 'screen' ? 0 : 1);
  return {
    wish,
    peer,
    askedHeight,
    rungs,
    least: last === undefined ? 0 : costOf(last.least, last.frameRate),
    most: best === undefined ? 0 : costOf(best.full, best.frameRate),
    rank,
    cost: 0,
  };
}

function shareOf<Key>({ peer, wish, askedHeight, rungs, cost }: Claim<Key>): Share<Key> {
  const picture = { key: peer.key, kind: wish.kind };
  const [rung, sure] = [bestRung(rungs, cost), bestRung(rungs, cost / SPARE)];
  if (rung === undefined || sure === undefined) return { ...picture, state: 'hidden' };
  if (cost <= 0) return { ...picture, state: 'held' };
  return { ...picture, state: 'sent', cost, askedHeight, rung, sure };
}
