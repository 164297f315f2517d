import type { ReadonlySignal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Pixels from the end within which the list counts as being at its end. */
const NEAR_END = 48;
/** Pixels from the first or last message that is loaded from which on more are. */
const NEAR_EDGE = 240;
/** Pixels of the message above that stay visible when the list moves to a message. */
const MARGIN = 48;

interface ChatScrollOptions {
  readonly list: RefObject<HTMLElement | null>;
  /** Changes whenever the shown messages do. */
  readonly lines: readonly unknown[];
  readonly unseen: ReadonlySignal<ReadonlySet<string>>;
  /** There are messages after those shown. */
  readonly hasNewer: ReadonlySignal<boolean>;
  readonly onNearStart: () => void;
  /** The reader comes near the last message, and there are more. */
  readonly onNearEnd: () => void;
  /** Shows the messages around this one instead; the newest ones if it is null. */
  readonly goTo: (id: string | null) => Promise<void>;
  readonly onAtEnd: (atEnd: boolean) => void;
  readonly onSeen: (ids: readonly string[]) => void;
}

interface ChatScroll {
  readonly atEnd: ReadonlySignal<boolean>;
  /** Moves to the first unseen message if it is below, else to the end. */
  toNewest(): void;
  /** Moves to the end after the next change of the list. */
  followNext(): void;
  /** Moves to a message. Returns false if it isn't there. */
  show(id: string): boolean;
}

/**
 * Keeps the reader's place: at the end it follows new messages, but never past one that was not on the screen; elsewhere
 * it keeps the message that is being read where it is, whatever comes before or after it.
 */
export function useChatScroll(options: ChatScrollOptions): ChatScroll {
  const { list, lines, unseen, hasNewer, onNearStart, onNearEnd, goTo, onAtEnd, onSeen } = options;
  const atEnd = useSignal(true);
  const anchor = useRef<{ readonly id: string; readonly top: number } | null>(null);
  const follows = useRef(true);
  /** Where `look` last found the list. */
  const lastTop = useRef(0);
  const isFirst = useRef(true);
  /** Where the list moves once it is loaded; an id of null is the end. */
  const wanted = useRef<{ readonly id: string | null } | null>(null);

  const look = () => {
    const element = list.current;
    if (element === null) return;
    const below = heightBelow(element);
    lastTop.current = element.scrollTop;
    atEnd.value = below < NEAR_END && !hasNewer.peek();
    follows.current = atEnd.value;
    onAtEnd(atEnd.value);
    anchor.current = firstVisible(element);
    if (document.visibilityState === 'visible') report(element, unseen.peek(), onSeen);
    if (element.scrollTop < NEAR_EDGE) onNearStart();
    if (below < NEAR_EDGE && hasNewer.peek()) onNearEnd();
  };
  const moveTo = (row: HTMLElement | undefined) => {
    const element = list.current;
    if (element === null) return;
    element.scrollTop = row === undefined ? element.scrollHeight : row.offsetTop - MARGIN;
    look();
  };
  const firstUnseen = () => rowsOf(list.current).find((row) => unseen.peek().has(row.dataset['id'] ?? ''));
  const lead = (id: string | null) => {
    wanted.current = { id };
    void goTo(id);
  };

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || rowsOf(element).length === 0) return;
    const target = wanted.current;
    const row = rowsOf(element).find((one) => one.dataset['id'] === target?.id);
    if (target !== null && (row !== undefined || !hasNewer.peek())) {
      wanted.current = null;
      if (row !== undefined) return moveTo(row);
      follows.current = true;
    }
    const hasMovedUp = element.scrollTop < lastTop.current && heightBelow(element) > NEAR_END;
    if (target === null && follows.current && hasMovedUp) {
      // The reader has scrolled, and a message came before the browser's event did.
      follows.current = false;
      anchor.current = firstVisible(element);
    }
    const mayFollow = follows.current && (document.visibilityState === 'visible' || isFirst.current);
    isFirst.current = false;
    if (mayFollow) {
      const end = element.scrollHeight - element.clientHeight;
      element.scrollTop = Math.min(end, (firstUnseen()?.offsetTop ?? end + MARGIN) - MARGIN);
    } else if (anchor.current !== null) {
      const { id, top } = anchor.current;
      const row = rowsOf(element).find((one) => one.dataset['id'] === id);
      if (row !== undefined) element.scrollTop = row.offsetTop - top;
    }
    look();
  }, [lines]);

  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    // The window, the keyboard of a phone and the message field change the list's height.
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
      look();
    });
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    document.addEventListener('visibilitychange', look);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);

  return {
    atEnd,
    toNewest() {
      const row = firstUnseen();
      if (row !== undefined && row.offsetTop > (list.current?.scrollTop ?? 0)) return moveTo(row);
      const last = rowsOf(list.current).at(-1)?.dataset['id'] ?? '';
      if (hasNewer.peek()) lead([...unseen.peek()].find((id) => id > last) ?? null);
      else moveTo(undefined);
    },
    followNext() {
      if (hasNewer.peek()) return lead(null);
      follows.current = true;
      moveTo(undefined);
    },
    show(id) {
      const row = rowsOf(list.current).find((one) => one.dataset['id'] === id);
      if (row === undefined) return false;
      moveTo(row);
      row.focus({ preventScroll: true });
      return true;
    },
  };
}

export function rowsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
}

function heightBelow(list: HTMLElement): number {
  return list.scrollHeight - list.scrollTop - list.clientHeight;
}

/** The message at the top of what is visible, and where it is. */
function firstVisible(list: HTMLElement): { id: string; top: number } | null {
  const row = rowsOf(list).find((one) => one.offsetTop + one.offsetHeight > list.scrollTop);
  return row === undefined ? null : { id: row.dataset['id'] ?? '', top: row.offsetTop - list.scrollTop };
}

/** Reports the unseen messages of which the last line is visible, or that fill the list. */
function report(
  list: HTMLElement,
  unseen: ReadonlySet<string>,
  onSeen: (ids: readonly string[]) => void,
): void {
  if (unseen.size === 0) return;
  const top = list.scrollTop;
  const end = top + list.clientHeight;
  const seen = rowsOf(list).filter((row) => {
    const foot = row.offsetTop + row.offsetHeight;
    return foot > top && (foot <= end + 8 || (row.offsetTop <= top && foot >= end));
  });
  const ids = seen.map((row) => row.dataset['id'] ?? '').filter((id) => unseen.has(id));
  if (ids.length > 0) onSeen(ids);
}
