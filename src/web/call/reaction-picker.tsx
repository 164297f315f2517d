import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { EMOJIS } from './emojis.ts';

interface ReactionPickerProps {
  readonly call: CallModel;
  readonly reacting: Signal<boolean>;
}

/** The emoji to react with, above the toolbar. Digits choose too. */
export function ReactionPicker({ call, reacting }: ReactionPickerProps) {
  const t = useMessages();
  const container = useRef<HTMLDivElement>(null);
  // At once: a key between the rendering and this would go to where the focus was before.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = container.current;
    element?.querySelector('button')?.focus();
    const close = (event: PointerEvent) => {
      const isInside = event.target instanceof Node && element?.contains(event.target) === true;
      // The control that opened it closes it by itself.
      const isControl = event.target instanceof Element && event.target.closest('.controls') !== null;
      if (!isInside && !isControl) reacting.value = false;
    };
    addEventListener('pointerdown', close);
    return () => {
      removeEventListener('pointerdown', close);
      const isLost = document.activeElement === document.body || element?.contains(document.activeElement);
      if (isLost && before instanceof HTMLElement) before.focus();
    };
  }, []);
  const choose = (emoji: string | undefined) => {
    if (emoji === undefined) return;
    call.reactions.send(emoji);
    reacting.value = false;
  };
  return (
    <div
      ref={container}
      class="reaction-picker"
      role="toolbar"
      aria-label={t.talk.reactions}
      onKeyDown={(event) => {
        if (event.key === 'Escape') reacting.value = false;
        else if (/^[1-9]$/.test(event.key)) choose(EMOJIS[Number(event.key) - 1]);
        else moveFocus(event, container.current);
      }}
    >
      {EMOJIS.map((emoji) => (
        <button key={emoji} type="button" aria-label={t.talk.reactWith(emoji)} onClick={() => choose(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}

function moveFocus(event: KeyboardEvent, toolbar: HTMLElement | null): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const buttons = [...(toolbar?.querySelectorAll('button') ?? [])];
  if (step === undefined || buttons.length === 0) return;
  const at = buttons.findIndex((button) => button.matches(':focus'));
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}
