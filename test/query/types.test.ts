import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import {
  and,
  asc,
  between,
  count,
  datetime,
  desc,
  eq,
  gt,
  inList,
  number,
  raw,
  select,
  sql,
  text,
  type SelectBuilder,
} from "../../provider/query/build/builder";
import { dataset } from "../../provider/query/build/dataset";
import type { QueryInput } from "../../provider/query/build/input";

interface Orders {
  "Order ID": number;
  Region: string;
  'Größe "XL"': string;
  Sales: number;
  "Order Date": Date;
}

const orders = dataset<Orders>();
const secret = pulumi.secret("West");

// `tsc` compiles this file with the rest: an @ts-expect-error over a line without an error fails the build.

test("a typed query accepts its own columns and values", () => {
  const queries: SelectBuilder<Orders>[] = [
    orders.select("Order ID", 'Größe "XL"', orders.column("Sales"), orders.count("Region")),
    orders.select("Region").where(orders.eq("Region", "West"), orders.ne("Region", secret)),
    orders.select("Region").where(orders.gt("Sales", 1), orders.lt("Sales", pulumi.output(2)), orders.gte("Sales", 1)),
    orders.select("Region").where(orders.lte("Order Date", new Date(0)), orders.gt("Order Date", "2024-01-31")),
    orders
      .select("Region")
      .where(orders.eq("Order Date", "2024-01-31T10:00:00Z"), orders.eq("Order Date", datetime("x"))),
    orders.select("Region").where(orders.inList("Region", ["West", secret]), orders.notIn("Sales", [1, 2])),
    orders.select("Region").where(orders.inList("Region", pulumi.output(["West"]))),
    orders
      .select("Region")
      .where(orders.between("Order Date", "2024-01-01", new Date(0)), orders.between("Sales", 1, 2)),
    orders.select("Region", orders.countDistinct("Sales")).groupBy("Region").orderBy("Region", orders.desc("Region")),
    orders
      .select("Region")
      .where(and(orders.eq("Region", "West"), orders.gt("Sales", 1)))
      .limit(pulumi.output(5))
      .offset(1),
    orders
      .select("Region", raw({}))
      .where(raw({}), orders.eq("Region", raw({})))
      .orderBy(raw({})),
    orders
      .select("Region", count("Sales"))
      .where(eq("Region", "West"), inList("Sales", [1]), eq("Order Date", new Date(0))),
    orders
      .select("Region")
      .where(and(eq("Region", "West"), gt("Sales", 1), between("Sales", 1, 2)))
      .orderBy(desc("Sales")),
  ];
  const inputs: pulumi.Input<QueryInput>[] = [...queries, select(secret).where(eq(secret, secret)), sql(secret)];
  expect(inputs.every((query) => Object.isFrozen(query))).toBe(true);
});

test("a wrong column is a compile error", () => {
  // @ts-expect-error no such column
  orders.select("Regoin");
  // @ts-expect-error no such column
  orders.select("Region").where(orders.eq("Regoin", "West"));
  // @ts-expect-error no such column
  orders.select("Region").orderBy("Regoin");
  // @ts-expect-error no such column
  orders.select("Region").groupBy("Regoin");
  // @ts-expect-error no such column
  orders.countDistinct("Regoin");
  // @ts-expect-error no such column, by a function without a row type
  orders.select("Region").where(eq("Regoin", "West"));
  // @ts-expect-error no such column, by a function without a row type
  orders.select("Region").where(and(eq("Region", "West"), eq("Regoin", "West")));
  // @ts-expect-error no such column, by a function without a row type
  orders.select(count("Regoin"));
  // @ts-expect-error no such column, by a function without a row type
  orders.select("Region").orderBy(asc("Regoin"));
  // @ts-expect-error a column of another dataset
  orders.select("Region").where(dataset<{ Country: string }>().eq("Country", "FR"));
});

test("a call without what it needs is a compile error", () => {
  // @ts-expect-error no column
  expect(() => orders.select()).toThrow(TypeError);
  // @ts-expect-error no predicate
  expect(() => orders.select("Region").where()).toThrow(TypeError);
  // @ts-expect-error a predicate that may be left out
  expect(() => orders.select("Region").where(undefined as ReturnType<typeof orders.eq> | undefined)).toThrow(TypeError);
  const columns: ("Region" | "Sales")[] = ["Region", "Sales"];
  const filters = [orders.eq("Region", "West"), orders.eq("Sales", 1)];
  expect(orders.select(...columns).where(...filters).tree.columns).toHaveLength(2);
  // @ts-expect-error a list with a wrong column
  orders.select(...["Region", "Regoin"]);
});

test("an operator on the wrong type is a compile error", () => {
  // @ts-expect-error texts have no order in Domo
  orders.gt("Region", "West");
  // @ts-expect-error texts have no order in Domo
  orders.lte("Region", "West");
  // @ts-expect-error texts have no order in Domo
  orders.between("Region", "A", "Z");
});

test("a value of the wrong type is a compile error", () => {
  // @ts-expect-error text for a number
  orders.eq("Sales", "100");
  // @ts-expect-error number for a text
  orders.eq("Region", 1);
  // @ts-expect-error an output of text for a number
  orders.gt("Sales", secret);
  // @ts-expect-error number for a date
  orders.gt("Order Date", 20240131);
  // @ts-expect-error text that is no date
  orders.gt("Order Date", "West");
  // @ts-expect-error a node of text for a number
  orders.eq("Sales", text("1"));
  // @ts-expect-error a node of number for a text
  orders.eq("Region", number(1));
  // @ts-expect-error mixed list
  orders.inList("Region", ["West", 1]);
  // @ts-expect-error one bound of text
  orders.between("Sales", 1, "2");
  // @ts-expect-error null
  expect(() => orders.eq("Region", null)).toThrow(TypeError);
  // @ts-expect-error a value that may be left out
  expect(() => orders.eq("Region", undefined as string | undefined)).toThrow(TypeError);
  // @ts-expect-error number for a text, by a function without a row type
  orders.select("Region").where(eq("Region", 1));
  // @ts-expect-error text for a number, by a function without a row type
  orders.select("Region").where(inList("Sales", ["1"]));
  // @ts-expect-error a boolean is no value, not even without a row type
  eq("Region", true);
  // @ts-expect-error a column is no value
  eq("Region", orders.column("Sales"));
});
