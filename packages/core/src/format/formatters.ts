import { formatTimecode, type FrameRate } from '@lectern/timeline';

/** Times, sizes and the like for people, in one language. The only place where `Intl` is used for them. */
export interface Formatters {
  readonly locale: string;
  number(value: number): string;
  /** `value` is a fraction: 0.42 is 42 %. */
  percent(value: number): string;
  /** Bytes in powers of 1000, as file managers and disks say them. */
  bytes(value: number): string;
  /** A speed, in the same powers: `4.2 MB/s`. */
  bytesPerSecond(value: number): string;
  /** A length as a clock: `0:07`, `12:05`, `1:02:03`. Seconds are rounded to whole ones. */
  duration(seconds: number): string;
  /** A length in words, for screen readers and estimates: "1 hr, 2 min". The two largest parts. */
  durationInWords(seconds: number): string;
  /** A length that nobody knows exactly: seconds to the next five, then whole minutes; from an hour on two parts. */
  approximateDuration(seconds: number): string;
  /** `HH:MM:SS:FF` (`;` for drop-frame). */
  timecode(frame: number, rate: FrameRate): string;
  date(value: string | Date): string;
  dateTime(value: string | Date): string;
  time(value: string | Date): string;
  /** "3 seconds ago", "yesterday". Both ends are given, so that it can be tested. */
  relative(value: string | Date, now: Date): string;
  /** "a, b and c" */
  list(values: readonly string[]): string;
  /** `1920 × 1080` */
  dimensions(width: number, height: number): string;
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const relativeSteps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

export function createFormatters(locale: string): Formatters {
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const dateTimes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (value: number, name: string, digits: number): string => {
    const key = `${name} ${String(digits)}`;
    let numberFormat = units.get(key);
    if (numberFormat === undefined) {
      numberFormat = new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: name,
        unitDisplay: name === 'byte' ? 'long' : 'short',
        maximumFractionDigits: digits,
      });
      units.set(key, numberFormat);
    }
    return numberFormat.format(value);
  };
  const valid = (value: string | Date): Date | null => {
    const date = typeof value === 'string' ? new Date(value) : value;
    return Number.isNaN(date.getTime()) ? null : date;
  };
  const dateWith = (format: Intl.DateTimeFormat, value: string | Date): string => {
    const date = valid(value);
    return date === null ? '' : format.format(date);
  };

  const durationInWords = (seconds: number): string => {
    const total = Math.max(0, Math.round(seconds));
    const parts = [
      [Math.floor(total / 3600), 'hour'],
      [Math.floor(total / 60) % 60, 'minute'],
      [total % 60, 'second'],
    ] as const;
    const first = parts.findIndex(([amount]) => amount > 0);
    if (first === -1) return unit(0, 'second', 0);
    return parts
      .slice(first, first + 2)
      .filter(([amount]) => amount > 0)
      .map(([amount, name]) => unit(amount, name, 0))
      .join(' ');
  };
  /** In the largest unit that leaves a number of at least one, rounded as sizes are. */
  const inBytes = (value: number, suffix: string): string => {
    let amount = Math.max(0, value);
    let index = 0;
    while (amount >= 999.5 && index < byteUnits.length - 1) {
      amount /= 1000;
      index += 1;
    }
    return unit(amount, `${byteUnits[index] ?? 'byte'}${suffix}`, index < 2 || amount >= 100 ? 0 : 1);
  };

  return {
    locale,
    number: (value) => numbers.format(value),
    percent: (value) => percents.format(value),
    bytes: (value) => inBytes(value, ''),
    bytesPerSecond: (value) => inBytes(value, '-per-second'),
    duration(seconds) {
      const total = Math.max(0, Math.round(seconds));
      const pad = (value: number): string => String(value).padStart(2, '0');
      const hours = Math.floor(total / 3600);
      const minutes = Math.floor(total / 60) % 60;
      return hours > 0
        ? `${String(hours)}:${pad(minutes)}:${pad(total % 60)}`
        : `${String(minutes)}:${pad(total % 60)}`;
    },
    durationInWords,
    approximateDuration(seconds) {
      const total = Math.max(0, seconds);
      if (total <= 55) return unit(Math.max(5, Math.ceil(total / 5) * 5), 'second', 0);
      return durationInWords(Math.max(1, Math.round(total / 60)) * 60);
    },
    timecode: (frame, rate) => formatTimecode(frame, rate),
    date: (value) => dateWith(dates, value),
    dateTime: (value) => dateWith(dateTimes, value),
    time: (value) => dateWith(times, value),
    relative(value, now) {
      const date = valid(value);
      if (date === null) return '';
      const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
      for (const [name, length] of relativeSteps) {
        if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), name);
      }
      return relative.format(seconds, 'second');
    },
    list: (values) => lists.format(values),
    dimensions: (width, height) => `${String(width)} × ${String(height)}`,
  };
}
