// Sounds for a hand in gloves and an eye elsewhere: right is one short high note, wrong is two long low ones.
// Made on the spot by WebAudio; no files.

const STORED = 'stall.bench.sound';
let ctx: AudioContext | undefined;

/** Whether this screen makes sounds. */
export function soundOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function setSound(on: boolean): void {
  localStorage.setItem(STORED, on ? 'on' : 'off');
}

interface Note {
  hz: number;
  /** Seconds from now, and how long. */
  at: number;
  for: number;
  type: OscillatorType;
  loud: number;
}

const TUNES = {
  right: [{ hz: 1320, at: 0, for: 0.12, type: 'sine', loud: 0.35 }],
  wrong: [
    { hz: 165, at: 0, for: 0.38, type: 'square', loud: 0.3 },
    { hz: 130, at: 0.48, for: 0.5, type: 'square', loud: 0.3 }
  ],
  // One after another at the counter: new is a quick rising pair, twice the same low note three times.
  fresh: [
    { hz: 1175, at: 0, for: 0.07, type: 'sine', loud: 0.3 },
    { hz: 1568, at: 0.08, for: 0.1, type: 'sine', loud: 0.35 }
  ],
  twice: [
    { hz: 440, at: 0, for: 0.09, type: 'triangle', loud: 0.4 },
    { hz: 440, at: 0.14, for: 0.09, type: 'triangle', loud: 0.4 },
    { hz: 440, at: 0.28, for: 0.09, type: 'triangle', loud: 0.4 }
  ],
  done: [
    { hz: 880, at: 0, for: 0.1, type: 'sine', loud: 0.3 },
    { hz: 1175, at: 0.12, for: 0.1, type: 'sine', loud: 0.3 },
    { hz: 1568, at: 0.24, for: 0.18, type: 'sine', loud: 0.3 }
  ]
} satisfies Record<string, Note[]>;

export type Tune = keyof typeof TUNES;

/** Plays a tune; says nothing where sound is off or the machine has none. */
export function play(tune: Tune): void {
  if (!soundOn() || typeof AudioContext === 'undefined') return;
  ctx ??= new AudioContext();
  // A browser starts silent until the first key or press; a scan is a key press.
  void ctx.resume().catch(() => undefined);
  for (const n of TUNES[tune]) {
    const t0 = ctx.currentTime + n.at;
    const osc = ctx.createOscillator();
    const gain = ctx.createGain();
    osc.type = n.type;
    osc.frequency.value = n.hz;
    gain.gain.setValueAtTime(0, t0);
    gain.gain.linearRampToValueAtTime(n.loud, t0 + 0.01);
    gain.gain.setValueAtTime(n.loud, t0 + n.for - 0.02);
    gain.gain.linearRampToValueAtTime(0, t0 + n.for);
    osc.connect(gain).connect(ctx.destination);
    osc.start(t0);
    osc.stop(t0 + n.for);
  }
}
