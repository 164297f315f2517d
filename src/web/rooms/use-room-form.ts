import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { LIMITS } from '../../client/index.ts';
import { useMessages } from '../i18n/messages.ts';
import { isPasswordShort, type RoomValues } from './room-values.ts';

/** What `RoomFields` shows and changes. */
export interface RoomForm {
  readonly values: Signal<RoomValues>;
  readonly problem: Signal<string>;
  readonly passwordInput: RefObject<HTMLInputElement | null>;
  /** Whether the input can be sent; if not, says what to correct, and goes there. */
  readonly check: () => boolean;
}

/** The state of a form with the fields of a call. */
export function useRoomForm(initial: RoomValues): RoomForm {
  const t = useMessages();
  const values = useSignal(initial);
  const problem = useSignal('');
  const passwordInput = useRef<HTMLInputElement>(null);
  const check = (): boolean => {
    if (!isPasswordShort(values.peek())) return true;
    problem.value = t.home.passwordShort(LIMITS.password.min);
    passwordInput.current?.focus();
    return false;
  };
  return { values, problem, passwordInput, check };
}
