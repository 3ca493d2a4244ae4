/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, through libxml2's writer.  There is no specification; what is
 * written is what the common readers agree on: a failure is a wrong answer, an
 * error is anything that kept the program from answering.
 */
#include "formats.h"
#include "fortnight/base.h"
#include "fortnight/clock.h"
#include "fortnight/text.h"

#include <libxml/xmlwriter.h>

enum {
	TEXT_MAX = 64 << 10
};

/* XML 1.0 section 2.2: no control bytes but TAB, LF and CR, no surrogates, no
 * U+FFFE and U+FFFF.  text_add_safe() takes care of the first two kinds. */
static char *xml_safe(const char *text)
{
	struct buf safe = BUF_INIT(TEXT_MAX);
	auto_buf struct buf shown = BUF_INIT(TEXT_MAX);

	text_add_safe(&shown, text, strlen(text));
	for (const char *at = buf_text(&shown); *at;) {
		const unsigned char *byte = (const unsigned char *)at;
		bool noncharacter = byte[0] == 0xef && byte[1] == 0xbf &&
				    byte[2] >= 0xbe;

		if (noncharacter) {
			buf_adds(&safe, "\xef\xbf\xbd");
			at += 3;
			continue;
		}
		buf_addc(&safe, *at++);
	}
	return buf_steal(&safe);
}

static const xmlChar *xml(const char *text)
{
	return (const xmlChar *)text;
}

static void attribute(xmlTextWriterPtr writer, const char *name,
		      const char *value)
{
	auto_free char *safe = xml_safe(value);

	(void)xmlTextWriterWriteAttribute(writer, xml(name), xml(safe));
}

static void attribute_count(xmlTextWriterPtr writer, const char *name,
			    size_t count)
{
	(void)xmlTextWriterWriteFormatAttribute(writer, xml(name), "%zu",
						count);
}

static void attribute_time(xmlTextWriterPtr writer, int64_t ns)
{
	int64_t ms = ns / NS_PER_MS;

	(void)xmlTextWriterWriteFormatAttribute(writer, xml("time"), "%.3f",
						(double)ms / 1000.0);
}

enum junit_kind {
	JUNIT_PASSED,
	JUNIT_FAILURE,
	JUNIT_ERROR,
	JUNIT_SKIPPED,
	JUNIT_COUNT
};

static enum junit_kind kind_of(const struct score *score,
			       const struct case_result *result)
{
	bool built = score->verdict == SCORE_SCORED ||
		     score->verdict == SCORE_INFRA;

	switch (result->verdict) {
	case VERDICT_PASSED:
		return JUNIT_PASSED;
	case VERDICT_FAILED:
		return JUNIT_FAILURE;
	case VERDICT_NOT_RUN:
		return built ? JUNIT_SKIPPED : JUNIT_ERROR;
	case VERDICT_CRASHED:
	case VERDICT_TIMEOUT:
	case VERDICT_MEMORY:
	case VERDICT_OUTPUT:
	case VERDICT_REFUSED:
	case VERDICT_CUT:
	case VERDICT_INFRA:
	case VERDICT_COUNT:
		break;
	}
	return JUNIT_ERROR;
}

static void write_problem(xmlTextWriterPtr writer, const struct score *score,
			  const struct case_result *result,
			  enum junit_kind kind)
{
	const char *reason = result->reason[0] ? result->reason
					       : score->build_reason;
	auto_free char *diff = xml_safe(result->diff ? result->diff : "");

	(void)xmlTextWriterStartElement(
		writer, xml(kind == JUNIT_FAILURE ? "failure" : "error"));
	attribute(writer, "type", verdict_name(result->verdict));
	attribute(writer, "message", reason);
	(void)xmlTextWriterWriteString(writer, xml(diff));
	(void)xmlTextWriterEndElement(writer);
}

static void write_case(xmlTextWriterPtr writer, const struct score *score,
		       const struct area_result *area,
		       const struct case_result *result)
{
	enum junit_kind kind = kind_of(score, result);

	(void)xmlTextWriterStartElement(writer, xml("testcase"));
	attribute(writer, "classname", area->area->name);
	attribute(writer, "name", result->task_case->id);
	attribute_time(writer, result->wall_ns);
	if (kind == JUNIT_SKIPPED)
		(void)xmlTextWriterWriteElement(writer, xml("skipped"), NULL);
	else if (kind != JUNIT_PASSED)
		write_problem(writer, score, result, kind);
	(void)xmlTextWriterEndElement(writer);
}

static void count_kinds(const struct score *score,
			const struct area_result *area,
			size_t counts[JUNIT_COUNT])
{
	for (size_t i = 0; i < area->case_count; i++)
		counts[kind_of(score, &area->cases[i])]++;
}

static void write_counts(xmlTextWriterPtr writer, const char *name,
			 const size_t counts[JUNIT_COUNT], int64_t wall_ns)
{
	size_t tests = 0;

	for (size_t i = 0; i < JUNIT_COUNT; i++)
		tests += counts[i];
	attribute(writer, "name", name);
	attribute_count(writer, "tests", tests);
	attribute_count(writer, "failures", counts[JUNIT_FAILURE]);
	attribute_count(writer, "errors", counts[JUNIT_ERROR]);
	attribute_count(writer, "skipped", counts[JUNIT_SKIPPED]);
	attribute_time(writer, wall_ns);
}

static void write_area(xmlTextWriterPtr writer, const struct score *score,
		       const struct area_result *area)
{
	size_t counts[JUNIT_COUNT] = { 0 };
	int64_t wall_ns = 0;

	count_kinds(score, area, counts);
	for (size_t i = 0; i < area->case_count; i++)
		wall_ns += area->cases[i].wall_ns;
	(void)xmlTextWriterStartElement(writer, xml("testsuite"));
	write_counts(writer, area->area->name, counts, wall_ns);
	for (size_t i = 0; i < area->case_count; i++)
		write_case(writer, score, area, &area->cases[i]);
	(void)xmlTextWriterEndElement(writer);
}

static void write_document(xmlTextWriterPtr writer, const struct score *score)
{
	size_t counts[JUNIT_COUNT] = { 0 };

	for (size_t a = 0; a < score->task->area_count; a++)
		count_kinds(score, &score->areas[a], counts);
	(void)xmlTextWriterSetIndent(writer, 1);
	(void)xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL);
	(void)xmlTextWriterStartElement(writer, xml("testsuites"));
	write_counts(writer, score->task->name, counts, score->wall_ns);
	for (size_t a = 0; a < score->task->area_count; a++)
		write_area(writer, score, &score->areas[a]);
	(void)xmlTextWriterEndDocument(writer);
}

char *format_junit(const struct score *score)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = buffer ? xmlNewTextWriterMemory(buffer, 0)
					 : NULL;
	char *text;

	if (!writer)
		abort();
	write_document(writer, score);
	xmlFreeTextWriter(writer);
	text = xstrdup((const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return text;
}
