import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  /** What can be chosen, as `[value, text]`. */
  readonly choices: readonly (readonly [Value, string])[];
  readonly name: string;
  /** What the chosen value means. */
  readonly hint?: string | undefined;
  readonly onChange: (value: Value) => void;
}

/** A labelled menu of a few values. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, value, choices, name, hint, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="select">
        <select
          id={id}
          class="input"
          name={name}
          value={value}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(event) => {
            const chosen = choices.find(([choice]) => choice === event.currentTarget.value);
            if (chosen !== undefined) onChange(chosen[0]);
          }}
        >
          {choices.map(([choice, text]) => (
            <option key={choice} value={choice}>
              {text}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
