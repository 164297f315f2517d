import type { RefObject, TargetedInputEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Hides the text, as a password field does. */
  readonly secret?: boolean;
  readonly name: string;
  readonly placeholder?: string;
  readonly hint?: string | undefined;
  /** What is wrong and what to do; '' if nothing is. */
  readonly problem?: string;
  readonly maxLength?: number;
  readonly autoComplete?: 'off' | 'name' | 'new-password';
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

export function TextField({ label, value, onInput, hint, problem = '', ...rest }: TextFieldProps) {
  const { secret = false, name, placeholder, maxLength, autoComplete, inputRef } = rest;
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
    name,
    placeholder,
    maxLength,
    autoComplete,
    value,
    'aria-invalid': problem !== '',
    'aria-describedby': notes || undefined,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {secret ? <input type="password" {...attributes} /> : <input type="text" {...attributes} />}
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
