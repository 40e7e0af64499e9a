import { toJsonSchema, toJsonSchemaDefs, type ConversionConfig, type JsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'

/** A schema of JSON values, as OpenAPI 3.1 has it (draft 2020-12 of JSON Schema). */
export type { JsonSchema }

/** `anyOf` a plain type or null, as the shorter list of types: quicker to check and to write, and easier to read. */
function withNull({ anyOf, ...rest }: JsonSchema): JsonSchema {
  const [some, none, ...more] = anyOf ?? []
  if (typeof some !== 'object' || typeof none !== 'object' || more.length > 0 || none.type !== 'null' || typeof some.type !== 'string') return { ...rest, ...(anyOf && { anyOf }) }
  return { ...rest, ...some, type: [some.type, 'null'], ...(some.enum && { enum: [...some.enum, null] }) }
}

/** Schemas that are referred to by a name, wherever they stand. */
type Parts = Readonly<Record<string, v.GenericSchema>>

function configOf(parts: Parts): ConversionConfig {
  return {
    definitions: { ...parts },
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    typeMode: 'input',
    errorMode: 'throw',
    // What only a function can say is left to it, and to the words of the description.
    ignoreActions: ['check', 'guard'],
    overrideSchema({ valibotSchema, jsonSchema: converted, errors }) {
      if (valibotSchema.type === 'lazy') {
        if (!('options' in valibotSchema)) throw new Error('a lazy schema does not tell what it chooses among')
        return { anyOf: (valibotSchema.options as v.GenericSchema[]).map((option) => jsonSchema(option)) }
      }
      const record = valibotSchema as unknown as v.RecordSchema<v.PicklistSchema<readonly string[], undefined>, v.GenericSchema, undefined>
      // Keys of a list, none of which has to be there.
      if (errors && record.type === 'record' && record.key.type === 'picklist') {
        const value = jsonSchema(record.value)
        return { type: 'object', properties: Object.fromEntries(record.key.options.map((key) => [key, value])), additionalProperties: false }
      }
      return withNull(converted)
    },
  }
}

/** The JSON Schema of what a schema takes: that which answers are described by and requests are checked by. @throws Error where it has a part that JSON Schema cannot say */
export function jsonSchema(schema: v.GenericSchema, parts: Parts = {}): JsonSchema {
  const { $schema: _, $defs: _unused, ...converted } = toJsonSchema(schema, configOf(parts))
  return converted
}

/** Those of the parts themselves. */
export function partSchemas(parts: Parts): Record<string, JsonSchema> {
  return toJsonSchemaDefs({ ...parts }, configOf(parts))
}
