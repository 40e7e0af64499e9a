import type { ComponentChildren } from 'preact'
import { words } from './formats.js'

/** Which part of a list is shown: the values that its questions are asked with; empty: any. */
export type Filter = Readonly<Record<string, string>>

/** The same for a question: what is empty is not asked for. */
export function asked(filter: Filter): Record<string, string | null> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, value.trim() === '' ? null : value.trim()]))
}

interface Field<F extends Filter> {
  name: keyof F & string
  label: string
  /** One of these; else a date, or text. */
  options?: readonly string[]
  /** Whether one of the options is always chosen. */
  required?: boolean
  type?: 'date' | 'text'
}

/** Controls for what is shown of a list: it follows them at once. */
export function Filters<F extends Filter>({ label, fields, filter, onChange, children }: {
  label: string
  fields: readonly Field<F>[]
  filter: F
  onChange: (filter: F) => void
  children?: ComponentChildren
}) {
  const set = (name: string) => ({ currentTarget: { value } }: { currentTarget: { value: string } }) => onChange({ ...filter, [name]: value })
  return (
    <form class="filters" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      {fields.map(({ name, label, options, required = false, type = 'text' }) => (
        <label key={name}>
          <span>{label}</span>
          {options
            ? <select value={filter[name]} onChange={set(name)}>{!required && <option value="">any</option>}{options.map((option) => <option key={option} value={option}>{words(option)}</option>)}</select>
            : type === 'date' ? <input type="date" value={filter[name]} onChange={set(name)} /> : <input type="text" value={filter[name]} spellcheck={false} autocomplete="off" onChange={set(name)} />}
        </label>
      ))}
      {children}
    </form>
  )
}
