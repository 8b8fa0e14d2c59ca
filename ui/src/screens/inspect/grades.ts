/** The scale, best first, as in `grades.json`. */
export const GRADES = ['S', 'A1', 'A2', 'B1', 'B2', 'C', 'D', 'E'] as const;
export type GradeId = (typeof GRADES)[number];

/** 0 is the best. */
export const rank = (grade: string): number => GRADES.findIndex((g) => g === grade);

/** The lowest of some grades, `null` for none. */
export const lowest = (list: readonly string[]): string | null =>
  [...GRADES].reverse().find((g) => list.includes(g)) ?? null;

/** The grade one step lower; the last stays. */
export const lower = (grade: string): string => {
  const at = GRADES.findIndex((g) => g === grade);
  return GRADES[Math.min(GRADES.length - 1, at + 1)] ?? grade;
};

/** Grades above one, nearest first. */
export const above = (grade: string): string[] =>
  GRADES.slice(
    0,
    Math.max(
      0,
      GRADES.findIndex((g) => g === grade)
    )
  ).reverse();
