/** The part of asciichart that is used; the package brings no types. */
declare module 'asciichart' {
  export function plot(series: number[], options: { height: number; padding: string; format: (value: number) => string }): string
}
