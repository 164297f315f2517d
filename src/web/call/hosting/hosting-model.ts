import { computed, type ReadonlySignal, signal } from '@preact/signals';
import {
  type Call,
  type Knock,
  type MediaState,
  ParleyClientError,
  type Rights,
  type SendKind,
} from '../../../client/index.ts';
import type { Notices } from '../notices.ts';
import type { PersonView } from '../people.ts';

/** What hosts do in a call, and what this person may do. */
export interface Hosting {
  readonly you: ReadonlySignal<Rights>;
  readonly isHost: ReadonlySignal<boolean>;
  /** Who waits to be let in, the first to come first; empty for all but hosts. */
  readonly knocks: ReadonlySignal<readonly Knock[]>;
  /** Whether this person may remove somebody, or take their host rights. */
  mayRemove(person: PersonView): boolean;
  ask(person: PersonView, kind: keyof MediaState): Promise<void>;
  muteAll(): Promise<void>;
  setHost(person: PersonView, host: boolean): Promise<void>;
  /** Lets a person send a kind, or no longer. */
  allow(person: PersonView, kind: SendKind, allowed: boolean): Promise<void>;
  remove(person: PersonView, block: boolean): Promise<void>;
  lock(locked: boolean): Promise<void>;
  setWaitingRoom(on: boolean): Promise<void>;
  end(): Promise<void>;
  admit(knock: Knock): Promise<void>;
  admitAll(): Promise<void>;
  refuse(knock: Knock): Promise<void>;
  close(): void;
}

interface HostingOptions {
  readonly call: Call;
  readonly notices: Notices;
  readonly setWaitingRoom: (on: boolean) => Promise<unknown>;
  /** Called when this person's rights have changed. */
  readonly onRights: (now: Rights, before: Rights) => void;
  /** Called when somebody waits and nobody did before. */
  readonly onFirstKnock: () => void;
}

/** Refusals that say that the wish has come true already, or no longer makes sense. */
const MOOT: ReadonlySet<string> = new Set(['peer_gone', 'not_found']);

export function createHosting(options: HostingOptions): Hosting {
  const { call, notices, onRights, onFirstKnock } = options;
  const you = signal(call.you);
  const knocks = signal<readonly Knock[]>([]);
  const isHost = computed(() => you.value.host);

  function show(items: readonly Knock[]): void {
    const isFirst = knocks.value.length === 0 && items.length > 0;
    knocks.value = items;
    if (isFirst) onFirstKnock();
  }

  const offs = [
    call.on('you', (now) => {
      const before = you.value;
      you.value = now;
      if (now.host !== before.host) notices.show(now.host ? 'nowHost' : 'noHost');
      onRights(now, before);
    }),
    call.knocks.on('change', show),
  ];
  show(call.knocks.items);

  /** A host's wish. If it fails, a notice says so: the person is in a call and goes on. */
  async function wish(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const code = error instanceof ParleyClientError ? error.code : '';
      if (code === 'closed') return;
      notices.show(code === 'room_full' ? 'hostFull' : MOOT.has(code) ? 'hostGone' : 'hostFailed');
    }
  }

  return {
    you,
    isHost,
    knocks,
    mayRemove: (person) => isHost.value && !person.isSelf && !person.isOwner,
    ask: (person, kind) => wish(call.moderation.askToMute(person, kind)),
    async muteAll() {
      await wish(call.moderation.askAllToMute('audio').then(() => notices.show('allMuted')));
    },
    setHost: (person, host) => wish(call.hosts.set(person, host)),
    allow(person, kind, allowed) {
      const others = person.send.filter((one) => one !== kind);
      return wish(call.hosts.limit(person, allowed ? [...others, kind] : others));
    },
    remove: (person, block) => wish(call.moderation.kick(person, { ban: block })),
    lock: (locked) => wish(call.moderation.lock(locked)),
    setWaitingRoom: (on) => wish(options.setWaitingRoom(on)),
    end: () => wish(call.moderation.closeRoom()),
    admit: (knock) => wish(call.knocks.admit(knock)),
    admitAll: () => wish(call.knocks.admitAll()),
    refuse: (knock) => wish(call.knocks.refuse(knock)),
    close() {
      for (const off of offs) off();
      knocks.value = [];
    },
  };
}
