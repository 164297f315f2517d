import type { ComponentChildren, RefObject, TargetedInputEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Hides the text, as a password field does. */
  readonly secret?: boolean;
  readonly type?: 'text' | 'email' | 'url';
  readonly name: string;
  readonly placeholder?: string;
  readonly hint?: string | undefined;
  /** What is wrong and what to do; '' if nothing is. */
  readonly problem?: string;
  readonly maxLength?: number;
  readonly autoComplete?: 'off' | 'name' | 'nickname' | 'username' | 'current-password' | 'new-password';
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** Appended to the label, such as `optional`. */
  readonly note?: string;
  /** A button inside the input, at its end. */
  readonly action?: ComponentChildren;
}

export function TextField({ label, value, onInput, hint, problem = '', ...rest }: TextFieldProps) {
  const { secret = false, type = 'text', name, placeholder, maxLength, autoComplete, inputRef } = rest;
  const id = useId();
  const problemElement = useRef<HTMLParagraphElement>(null);
  // Focusing scrolls to the field, but the problem is shown below it.
  useEffect(() => {
    if (problem !== '') problemElement.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  const notes = [problem && `${id}-problem`, hint !== undefined && `${id}-hint`].filter(Boolean).join(' ');
  const attributes = {
    ref: inputRef ?? null,
    id,
    class: 'input',
    // Addresses and passwords aren't words.
    ...(secret || type !== 'text' ? { spellcheck: false, autocapitalize: 'none' as const } : {}),
    name,
    placeholder,
    maxLength,
    autoComplete,
    value,
    'aria-invalid': problem !== '',
    'aria-describedby': notes || undefined,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
  };
  // Of one kind of element, so that showing a password keeps the focus.
  const input = secret ? (
    <input type="password" {...attributes} />
  ) : type === 'email' ? (
    <input type="email" {...attributes} />
  ) : type === 'url' ? (
    <input type="url" {...attributes} />
  ) : (
    <input type="text" {...attributes} />
  );
  return (
    <div class="field">
      <label for={id}>
        {label}
        {rest.note !== undefined && <span class="note"> ({rest.note})</span>}
      </label>
      <div class={rest.action === undefined ? 'input-row' : 'input-row with-action'}>
        {input}
        {rest.action}
      </div>
      {problem !== '' && (
        <p ref={problemElement} class="field-problem" id={`${id}-problem`} role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
