import { useId, useState } from 'preact/hooks';
import { useSingleFlight } from '../single-flight.ts';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly on: boolean;
  readonly disabled?: boolean;
  /** Resolves when it was tried; `on` says whether it worked. */
  readonly onChange: (on: boolean) => Promise<void> | void;
}

/** A setting that is on or off and takes effect at once. */
export function Switch({ label, hint, on, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = useSingleFlight(async (next: boolean) => {
    setWanted(next);
    await onChange(next);
    setWanted(null);
  });
  return (
    <div class="switch">
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
      <button
        type="button"
        id={id}
        role="switch"
        aria-checked={wanted ?? on}
        aria-busy={wanted !== null}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        disabled={disabled}
        onClick={() => void change(!on)}
      >
        <span class="knob" />
      </button>
    </div>
  );
}
