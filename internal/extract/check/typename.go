package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var simpleTypes = map[string]types.Kind{
	"STRING": types.String, "BOOLEAN": types.Boolean, "INT": types.Int, "INTEGER": types.Int,
	"BIGINT": types.BigInt, "DOUBLE": types.Double, "DATE": types.Date, "BYTES": types.Bytes,
}

var refusedTypes = map[string]string{
	"CHAR": "declare STRING", "CHARACTER": "declare STRING", "VARCHAR": "declare STRING",
	"BINARY": "declare BYTES", "VARBINARY": "declare BYTES",
	"TINYINT": "declare INT", "SMALLINT": "declare INT",
	"FLOAT": "declare DOUBLE: FLOAT prints 0.1 as 0.10000000149011612", "REAL": "declare DOUBLE",
	"MULTISET": "declare an ARRAY", "INTERVAL": "", "VARIANT": "declare STRING and use JSON_VALUE", "RAW": "",
	"TEXT": "declare STRING", "LONG": "declare BIGINT", "BOOL": "declare BOOLEAN",
	"JSON":     "declare ROW<..>, or STRING and use JSON_VALUE",
	"DATETIME": "declare TIMESTAMP(3)",
}

// typeOf resolves a type as it is written; nil after a diagnostic.
func (c *checker) typeOf(n *syntax.TypeName) *types.Type {
	if n.NotNull {
		c.reject(n, "NOT NULL would make Flink throw away records in silence",
			"leave NOT NULL out, and filter with WHERE x IS NOT NULL")
		return nil
	}
	if k, ok := simpleTypes[n.Name]; ok {
		if len(n.Parameters) > 0 {
			c.reject(n, n.Name+" has no length", "write "+n.Name)
			return nil
		}
		return &types.Type{Kind: k}
	}
	switch n.Name {
	case "DECIMAL", "DEC", "NUMERIC":
		t := &types.Type{Kind: types.Decimal, Precision: 10}
		if len(n.Parameters) > 0 {
			t.Precision = n.Parameters[0]
		}
		if len(n.Parameters) > 1 {
			t.Scale = n.Parameters[1]
		}
		if t.Precision < 1 || t.Precision > 38 || t.Scale < 0 || t.Scale > t.Precision || len(n.Parameters) > 2 {
			c.reject(n, "DECIMAL(p, s) has 1 to 38 digits, of which 0 to p stand after the point", "")
			return nil
		}
		return t
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		t := &types.Type{Kind: types.Timestamp, Precision: 6}
		if n.Name == "TIMESTAMP_LTZ" {
			t.Kind = types.TimestampLTZ
		}
		if len(n.Parameters) > 0 {
			t.Precision = n.Parameters[0]
		}
		if t.Precision > 9 {
			c.reject(n, n.Name+" has at most 9 digits of a second", "declare "+n.Name+"(3)")
			return nil
		}
		return t
	case "TIME":
		if len(n.Parameters) > 0 && n.Parameters[0] != 0 {
			c.reject(n, "only TIME(0) is supported", "declare TIME, or STRING")
			return nil
		}
		return &types.Type{Kind: types.Time}
	case "ARRAY":
		return c.collection(types.Array, n.Elem)
	case "MAP":
		key := c.typeOf(n.Key)
		if key != nil && key.Kind != types.String {
			c.reject(n.Key, "the keys of a MAP are STRING in every format", "write MAP<STRING, ..>")
			return nil
		}
		return c.collection(types.Map, n.Elem)
	case "ROW":
		return c.rowType(n)
	}
	if hint, ok := refusedTypes[n.Name]; ok {
		c.reject(n, "the type "+n.Name+" is not supported", hint)
		return nil
	}
	known := []string{"DECIMAL", "TIMESTAMP", "TIMESTAMP_LTZ", "TIME", "ARRAY", "MAP", "ROW"}
	for k := range simpleTypes {
		known = append(known, k)
	}
	c.reject(n, "there is no type "+n.Name, suggest(n.Name, known))
	return nil
}

func (c *checker) collection(k types.Kind, elem *syntax.TypeName) *types.Type {
	e := c.typeOf(elem)
	if e == nil {
		return nil
	}
	return &types.Type{Kind: k, Elem: e}
}

func (c *checker) rowType(n *syntax.TypeName) *types.Type {
	t := &types.Type{Kind: types.Row}
	seen := map[string]bool{}
	for _, f := range n.Fields {
		ft := c.typeOf(f.Type)
		if ft == nil {
			return nil
		}
		if seen[f.Name.Name] {
			c.reject(f.Name, "this ROW has a field "+f.Name.Name+" already", "")
			return nil
		}
		seen[f.Name.Name] = true
		t.Fields = append(t.Fields, types.Field{Name: f.Name.Name, Type: ft})
	}
	return t
}
