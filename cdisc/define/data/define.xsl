<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:odm="http://www.cdisc.org/ns/odm/v1.3"
  xmlns:def="http://www.cdisc.org/ns/def/v2.1"
  xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink"
  exclude-result-prefixes="odm def arm xlink">

  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:key name="item" match="odm:ItemDef" use="@OID"/>
  <xsl:key name="codelist" match="odm:CodeList" use="@OID"/>
  <xsl:key name="method" match="odm:MethodDef" use="@OID"/>
  <xsl:key name="comment" match="def:CommentDef" use="@OID"/>
  <xsl:key name="where" match="def:WhereClauseDef" use="@OID"/>
  <xsl:key name="valuelist" match="def:ValueListDef" use="@OID"/>
  <xsl:key name="standard" match="def:Standard" use="@OID"/>
  <xsl:key name="leaf" match="def:leaf" use="@ID"/>
  <xsl:key name="group" match="odm:ItemGroupDef" use="@OID"/>
  <xsl:key name="itemref" match="odm:ItemGroupDef/odm:ItemRef" use="@ItemOID"/>

  <xsl:variable name="study" select="/odm:ODM/odm:Study"/>
  <xsl:variable name="version" select="$study/odm:MetaDataVersion[1]"/>
  <xsl:variable name="groups" select="$version/odm:ItemGroupDef"/>
  <xsl:variable name="displays" select="$version/arm:AnalysisResultDisplays/arm:ResultDisplay"/>

  <xsl:template match="/">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <title><xsl:value-of select="$version/@Name"/></title>
        <style><xsl:call-template name="style"/></style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <xsl:call-template name="index"/>
        <main id="content">
          <xsl:call-template name="heading"/>
          <xsl:call-template name="datasets"/>
          <xsl:call-template name="results"/>
          <xsl:apply-templates select="$groups"/>
          <xsl:call-template name="codelists"/>
          <xsl:call-template name="methods"/>
          <xsl:call-template name="comments"/>
        </main>
      </body>
    </html>
  </xsl:template>

  <!-- Side index -->

  <xsl:template name="index">
    <nav aria-label="Contents">
      <p class="brand"><a href="#content"><xsl:value-of select="$study/odm:GlobalVariables/odm:StudyName"/></a></p>
      <ul>
        <xsl:if test="$version/def:Standards"><li><a href="#standards">Standards</a></li></xsl:if>
        <xsl:if test="$version/def:leaf"><li><a href="#documents">Documents</a></li></xsl:if>
        <xsl:if test="$displays"><li><a href="#results">Analysis results</a></li></xsl:if>
        <xsl:if test="$displays">
          <li class="deeper">
            <details>
              <summary>All displays</summary>
              <ul>
                <xsl:for-each select="$displays">
                  <li><a href="#{@OID}"><xsl:value-of select="@Name"/></a></li>
                </xsl:for-each>
              </ul>
            </details>
          </li>
        </xsl:if>
        <li><a href="#datasets">Datasets</a></li>
      </ul>
      <ul class="names">
        <xsl:for-each select="$groups">
          <li>
            <a href="#{@OID}" title="{odm:Description/odm:TranslatedText}">
              <b><xsl:value-of select="@Name"/></b>
              <span><xsl:value-of select="odm:Description/odm:TranslatedText"/></span>
            </a>
          </li>
        </xsl:for-each>
      </ul>
      <ul>
        <xsl:if test="$version/odm:CodeList[not(odm:ExternalCodeList)]"><li><a href="#codelists">Controlled terms</a></li></xsl:if>
        <xsl:if test="$version/odm:CodeList[not(odm:ExternalCodeList)]">
          <li class="deeper">
            <details>
              <summary>All codelists</summary>
              <ul>
                <xsl:for-each select="$version/odm:CodeList[not(odm:ExternalCodeList)]">
                  <li><a href="#{@OID}"><xsl:value-of select="@Name"/></a></li>
                </xsl:for-each>
              </ul>
            </details>
          </li>
        </xsl:if>
        <xsl:if test="$version/odm:CodeList/odm:ExternalCodeList"><li><a href="#dictionaries">Dictionaries</a></li></xsl:if>
        <xsl:if test="$version/odm:MethodDef"><li><a href="#methods">Methods</a></li></xsl:if>
        <xsl:if test="$version/def:CommentDef"><li><a href="#comments">Comments</a></li></xsl:if>
      </ul>
    </nav>
  </xsl:template>

  <!-- Study -->

  <xsl:template name="heading">
    <header>
      <h1><xsl:value-of select="$study/odm:GlobalVariables/odm:StudyName"/></h1>
      <p class="lead"><xsl:value-of select="$study/odm:GlobalVariables/odm:StudyDescription"/></p>
      <dl class="facts">
        <div><dt>Protocol</dt><dd><xsl:value-of select="$study/odm:GlobalVariables/odm:ProtocolName"/></dd></div>
        <div><dt>Metadata</dt><dd><xsl:value-of select="$version/@Name"/></dd></div>
        <div><dt>Define-XML</dt><dd><xsl:value-of select="$version/@def:DefineVersion"/></dd></div>
        <div><dt>Context</dt><dd><xsl:value-of select="/odm:ODM/@def:Context"/></dd></div>
        <div><dt>Created</dt><dd><xsl:value-of select="translate(/odm:ODM/@CreationDateTime, 'T', ' ')"/></dd></div>
      </dl>
    </header>
    <xsl:if test="$version/def:Standards">
      <section id="standards">
        <h2>Standards</h2>
        <table class="narrow">
          <thead><tr><th>Standard</th><th>Type</th><th>Version</th><th>Status</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/def:Standards/def:Standard">
              <tr id="{@OID}">
                <td><xsl:value-of select="@Name"/><xsl:if test="@PublishingSet"><xsl:text> </xsl:text><xsl:value-of select="@PublishingSet"/></xsl:if></td>
                <td>
                  <xsl:choose>
                    <xsl:when test="@Type = 'CT'">Controlled terminology</xsl:when>
                    <xsl:when test="@Type = 'IG'">Implementation guide</xsl:when>
                    <xsl:otherwise><xsl:value-of select="@Type"/></xsl:otherwise>
                  </xsl:choose>
                </td>
                <td><xsl:value-of select="@Version"/></td>
                <td><xsl:value-of select="@Status"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
    <xsl:if test="$version/def:leaf">
      <section id="documents">
        <h2>Documents</h2>
        <ul class="plain">
          <xsl:for-each select="$version/def:leaf">
            <li><xsl:call-template name="file-link"/></li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <!-- Only addresses that cannot run anything become links: relative ones, http and https. -->
  <xsl:template name="file-link">
    <xsl:param name="page"/>
    <xsl:param name="text" select="def:title"/>
    <xsl:variable name="address" select="normalize-space(@xlink:href)"/>
    <xsl:choose>
      <xsl:when test="$address != '' and (not(contains($address, ':')) or starts-with($address, 'http://') or starts-with($address, 'https://'))">
        <a href="{$address}{$page}"><xsl:value-of select="$text"/></a>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Datasets -->

  <xsl:template name="datasets">
    <section id="datasets">
      <h2>Datasets <span class="count"><xsl:value-of select="count($groups)"/></span></h2>
      <table class="datasets">
        <thead>
          <tr><th>Dataset</th><th>Description</th><th>Class</th><th>Structure</th><th>Purpose</th><th>Keys</th><th>File</th><th>Documentation</th></tr>
        </thead>
        <tbody>
          <xsl:for-each select="$groups">
            <tr>
              <td class="name"><a href="#{@OID}"><xsl:value-of select="@Name"/></a></td>
              <td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td>
              <td><xsl:call-template name="class"/></td>
              <td><xsl:value-of select="@def:Structure"/></td>
              <td><xsl:value-of select="@Purpose"/></td>
              <td class="keys"><xsl:call-template name="keys"/></td>
              <td><xsl:for-each select="def:leaf"><xsl:call-template name="file-link"/></xsl:for-each></td>
              <td>
                <xsl:call-template name="flags"/>
                <xsl:if test="@def:CommentOID"><a class="mark" href="#{@def:CommentOID}">Comment</a></xsl:if>
              </td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </section>
  </xsl:template>

  <xsl:template name="class">
    <xsl:value-of select="def:Class/@Name"/>
    <xsl:for-each select="def:Class/def:SubClass"><br/><span class="quiet"><xsl:value-of select="@Name"/></span></xsl:for-each>
  </xsl:template>

  <xsl:template name="keys">
    <xsl:for-each select="odm:ItemRef[@KeySequence]">
      <xsl:sort select="@KeySequence" data-type="number"/>
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:value-of select="key('item', @ItemOID)/@Name"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="flags">
    <xsl:if test="@def:HasNoData"><span class="badge empty">No data</span><xsl:text> </xsl:text></xsl:if>
    <xsl:if test="@def:IsNonStandard"><span class="badge sponsor">Non-standard</span><xsl:text> </xsl:text></xsl:if>
    <xsl:if test="@IsReferenceData = 'Yes'"><span class="badge">Reference data</span><xsl:text> </xsl:text></xsl:if>
  </xsl:template>

  <xsl:template match="odm:ItemGroupDef">
    <section id="{@OID}" class="dataset">
      <h2>
        <xsl:value-of select="@Name"/>
        <span class="label"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span>
      </h2>
      <dl class="facts">
        <div><dt>Class</dt><dd><xsl:call-template name="class"/></dd></div>
        <div><dt>Structure</dt><dd><xsl:value-of select="@def:Structure"/></dd></div>
        <div><dt>Keys</dt><dd class="keys"><xsl:call-template name="keys"/></dd></div>
        <xsl:if test="@def:StandardOID">
          <div><dt>Standard</dt><dd><a href="#{@def:StandardOID}"><xsl:value-of select="concat(key('standard', @def:StandardOID)/@Name, ' ', key('standard', @def:StandardOID)/@Version)"/></a></dd></div>
        </xsl:if>
        <xsl:if test="def:leaf"><div><dt>File</dt><dd><xsl:for-each select="def:leaf"><xsl:call-template name="file-link"/></xsl:for-each></dd></div></xsl:if>
      </dl>
      <xsl:if test="@def:HasNoData or @def:IsNonStandard or @IsReferenceData = 'Yes' or @def:CommentOID">
        <div class="note"><xsl:call-template name="flags"/><xsl:call-template name="comment"/></div>
      </xsl:if>
      <table class="variables">
        <thead><xsl:call-template name="item-columns"><xsl:with-param name="first">Variable</xsl:with-param></xsl:call-template></thead>
        <tbody>
          <xsl:apply-templates select="odm:ItemRef" mode="variable"/>
        </tbody>
      </table>
      <xsl:for-each select="odm:ItemRef[key('item', @ItemOID)/def:ValueListRef]">
        <xsl:variable name="item" select="key('item', @ItemOID)"/>
        <xsl:variable name="list" select="key('valuelist', $item/def:ValueListRef/@ValueListOID)"/>
        <h3 id="{$list/@OID}">
          Values of <a href="#{$item/@OID}"><xsl:value-of select="$item/@Name"/></a>
          <span class="label"><xsl:value-of select="$item/odm:Description/odm:TranslatedText"/></span>
        </h3>
        <table class="values">
          <thead><xsl:call-template name="item-columns"><xsl:with-param name="first">Where</xsl:with-param></xsl:call-template></thead>
          <tbody>
            <xsl:apply-templates select="$list/odm:ItemRef" mode="value"/>
          </tbody>
        </table>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="item-columns">
    <xsl:param name="first"/>
    <tr>
      <th class="first"><xsl:value-of select="$first"/></th>
      <th class="text-column">Label</th>
      <th class="type">Type</th>
      <th class="number">Length</th>
      <th class="list">Terms or format</th>
      <th class="origin">Origin</th>
      <th class="method">Method and comment</th>
    </tr>
  </xsl:template>

  <xsl:template match="odm:ItemRef" mode="variable">
    <xsl:variable name="item" select="key('item', @ItemOID)"/>
    <!-- An item that several datasets share is an anchor only where it first stands. -->
    <tr>
      <xsl:if test="generate-id(.) = generate-id(key('itemref', @ItemOID)[1])"><xsl:attribute name="id"><xsl:value-of select="$item/@OID"/></xsl:attribute></xsl:if>
      <td class="name">
        <xsl:value-of select="$item/@Name"/>
        <xsl:if test="@KeySequence"><sup class="key" title="Key {@KeySequence}"><xsl:value-of select="@KeySequence"/></sup></xsl:if>
        <xsl:if test="@Role"><span class="role"><xsl:value-of select="@Role"/></span></xsl:if>
      </td>
      <xsl:call-template name="item-cells">
        <xsl:with-param name="item" select="$item"/>
        <xsl:with-param name="ref" select="."/>
      </xsl:call-template>
    </tr>
  </xsl:template>

  <xsl:template match="odm:ItemRef" mode="value">
    <xsl:variable name="item" select="key('item', @ItemOID)"/>
    <tr id="{$item/@OID}">
      <td class="where">
        <xsl:for-each select="def:WhereClauseRef">
          <xsl:if test="position() &gt; 1"><span class="or">or</span></xsl:if>
          <xsl:apply-templates select="key('where', @WhereClauseOID)"/>
        </xsl:for-each>
      </td>
      <xsl:call-template name="item-cells">
        <xsl:with-param name="item" select="$item"/>
        <xsl:with-param name="ref" select="."/>
      </xsl:call-template>
    </tr>
  </xsl:template>

  <xsl:template match="def:WhereClauseDef">
    <xsl:for-each select="odm:RangeCheck">
      <div>
        <xsl:variable name="item" select="key('item', @def:ItemOID)"/>
        <a href="#{@def:ItemOID}"><xsl:value-of select="$item/@Name"/></a>
        <xsl:choose>
          <xsl:when test="@Comparator = 'EQ'"> = </xsl:when>
          <xsl:when test="@Comparator = 'NE'"> ≠ </xsl:when>
          <xsl:when test="@Comparator = 'LT'"> &lt; </xsl:when>
          <xsl:when test="@Comparator = 'LE'"> ≤ </xsl:when>
          <xsl:when test="@Comparator = 'GT'"> &gt; </xsl:when>
          <xsl:when test="@Comparator = 'GE'"> ≥ </xsl:when>
          <xsl:when test="@Comparator = 'NOTIN'"> not in </xsl:when>
          <xsl:otherwise> in </xsl:otherwise>
        </xsl:choose>
        <xsl:for-each select="odm:CheckValue">
          <xsl:if test="position() &gt; 1">, </xsl:if>
          <xsl:variable name="decode" select="key('codelist', $item/odm:CodeListRef/@CodeListOID)/odm:CodeListItem[@CodedValue = current()]/odm:Decode/odm:TranslatedText"/>
          <xsl:choose>
            <xsl:when test=". = ''"><i>missing</i></xsl:when>
            <xsl:otherwise><b title="{$decode}"><xsl:value-of select="."/></b></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
      </div>
    </xsl:for-each>
    <xsl:call-template name="comment"/>
  </xsl:template>

  <xsl:template name="item-cells">
    <xsl:param name="item"/>
    <xsl:param name="ref"/>
    <td>
      <xsl:value-of select="$item/odm:Description/odm:TranslatedText"/>
      <xsl:if test="$ref/@Mandatory = 'Yes'"><xsl:text> </xsl:text><span class="badge required">Required</span></xsl:if>
      <xsl:if test="$ref/@def:HasNoData"><xsl:text> </xsl:text><span class="badge empty">No data</span></xsl:if>
      <xsl:if test="$ref/@def:IsNonStandard"><xsl:text> </xsl:text><span class="badge sponsor">Non-standard</span></xsl:if>
    </td>
    <td><xsl:value-of select="$item/@DataType"/></td>
    <td class="number">
      <xsl:value-of select="$item/@Length"/>
      <xsl:if test="$item/@DataType = 'float' and $item/@SignificantDigits"><span class="quiet"><xsl:value-of select="$item/@SignificantDigits"/> dec.</span></xsl:if>
    </td>
    <td>
      <xsl:for-each select="$item/odm:CodeListRef">
        <xsl:variable name="list" select="key('codelist', @CodeListOID)"/>
        <a href="#{@CodeListOID}"><xsl:value-of select="$list/@Name"/></a>
        <xsl:variable name="terms" select="$list/odm:CodeListItem | $list/odm:EnumeratedItem"/>
        <xsl:if test="$terms and count($terms) &lt; 6">
          <span class="terms">
            <xsl:for-each select="$terms">
              <xsl:if test="position() &gt; 1"> · </xsl:if>
              <xsl:value-of select="@CodedValue"/>
            </xsl:for-each>
          </span>
        </xsl:if>
      </xsl:for-each>
      <xsl:for-each select="$item/def:ValueListRef"><a class="block" href="#{@ValueListOID}">by value ↓</a></xsl:for-each>
      <xsl:if test="$item/@def:DisplayFormat"><span class="quiet"><xsl:value-of select="$item/@def:DisplayFormat"/></span></xsl:if>
      <xsl:if test="contains('date datetime time partialDate partialTime partialDatetime incompleteDate incompleteTime incompleteDatetime durationDatetime intervalDatetime', $item/@DataType)"><span class="quiet">ISO 8601</span></xsl:if>
    </td>
    <td><xsl:apply-templates select="$item/def:Origin"/></td>
    <td class="method">
      <xsl:if test="$ref/@MethodOID">
        <xsl:variable name="method" select="key('method', $ref/@MethodOID)"/>
        <p class="text"><a class="mark" href="#{$ref/@MethodOID}" title="{$method/@Name}">Method</a><xsl:value-of select="$method/odm:Description/odm:TranslatedText"/></p>
      </xsl:if>
      <xsl:for-each select="$item"><xsl:call-template name="comment"/></xsl:for-each>
    </td>
  </xsl:template>

  <xsl:template match="def:Origin">
    <span class="badge origin {translate(@Type, ' ABCDEFGHIJKLMNOPQRSTUVWXYZ', '-abcdefghijklmnopqrstuvwxyz')}"><xsl:value-of select="@Type"/></span>
    <xsl:if test="@Source"><span class="quiet"><xsl:value-of select="@Source"/></span></xsl:if>
    <xsl:if test="odm:Description"><span class="predecessor"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span></xsl:if>
    <xsl:apply-templates select="def:DocumentRef"/>
  </xsl:template>

  <xsl:template match="def:DocumentRef">
    <span class="pages">
      <xsl:variable name="leaf" select="key('leaf', @leafID)"/>
      <xsl:if test="not(def:PDFPageRef)"><xsl:for-each select="$leaf"><xsl:call-template name="file-link"/></xsl:for-each></xsl:if>
      <xsl:for-each select="def:PDFPageRef">
        <xsl:if test="position() = 1"><xsl:value-of select="$leaf/def:title"/><xsl:text> </xsl:text></xsl:if>
        <xsl:choose>
          <xsl:when test="@FirstPage">
            <xsl:variable name="range" select="concat(@FirstPage, '–', @LastPage)"/>
            <xsl:variable name="anchor" select="concat('#page=', @FirstPage)"/>
            <xsl:for-each select="$leaf"><xsl:call-template name="file-link"><xsl:with-param name="page" select="$anchor"/><xsl:with-param name="text" select="$range"/></xsl:call-template></xsl:for-each>
          </xsl:when>
          <xsl:otherwise>
            <xsl:call-template name="pages">
              <xsl:with-param name="leaf" select="$leaf"/>
              <xsl:with-param name="refs" select="normalize-space(@PageRefs)"/>
              <xsl:with-param name="before"><xsl:choose><xsl:when test="@Type = 'PhysicalRef'">#page=</xsl:when><xsl:otherwise>#</xsl:otherwise></xsl:choose></xsl:with-param>
            </xsl:call-template>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:text> </xsl:text>
      </xsl:for-each>
    </span>
  </xsl:template>

  <xsl:template name="pages">
    <xsl:param name="leaf"/>
    <xsl:param name="refs"/>
    <xsl:param name="before"/>
    <xsl:variable name="first" select="substring-before(concat($refs, ' '), ' ')"/>
    <xsl:variable name="rest" select="substring-after($refs, ' ')"/>
    <xsl:for-each select="$leaf"><xsl:call-template name="file-link"><xsl:with-param name="page" select="concat($before, $first)"/><xsl:with-param name="text" select="$first"/></xsl:call-template></xsl:for-each>
    <xsl:if test="$rest != ''">
      <xsl:text> </xsl:text>
      <xsl:call-template name="pages"><xsl:with-param name="leaf" select="$leaf"/><xsl:with-param name="refs" select="$rest"/><xsl:with-param name="before" select="$before"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="comment">
    <xsl:if test="@def:CommentOID">
      <xsl:variable name="comment" select="key('comment', @def:CommentOID)"/>
      <p class="text"><a class="mark" href="#{@def:CommentOID}">Comment</a><xsl:value-of select="$comment/odm:Description/odm:TranslatedText"/></p>
      <xsl:apply-templates select="$comment/def:DocumentRef"/>
    </xsl:if>
  </xsl:template>

  <!-- Analysis results -->

  <xsl:template name="results">
    <xsl:if test="$displays">
      <section id="results">
        <h2>Analysis results <span class="count"><xsl:value-of select="count($displays)"/></span></h2>
        <table class="narrow">
          <thead><tr><th>Display</th><th>Title</th></tr></thead>
          <tbody>
            <xsl:for-each select="$displays">
              <tr>
                <td class="name"><a href="#{@OID}"><xsl:value-of select="@Name"/></a></td>
                <td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
        <xsl:apply-templates select="$displays"/>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="arm:ResultDisplay">
    <article class="display" id="{@OID}">
      <h3><xsl:value-of select="@Name"/><span class="label"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span></h3>
      <xsl:apply-templates select="def:DocumentRef"/>
      <xsl:apply-templates select="arm:AnalysisResult"/>
    </article>
  </xsl:template>

  <xsl:template match="arm:AnalysisResult">
    <table class="result" id="{@OID}">
      <tbody>
        <tr><th scope="row">Result</th><td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td></tr>
        <tr><th scope="row">Reason, purpose</th><td><xsl:value-of select="@AnalysisReason"/>, <xsl:value-of select="@AnalysisPurpose"/></td></tr>
        <xsl:if test="@ParameterOID">
          <tr><th scope="row">Parameter</th><td><a href="#{@ParameterOID}"><xsl:value-of select="key('item', @ParameterOID)/@Name"/></a></td></tr>
        </xsl:if>
        <tr>
          <th scope="row">Data</th>
          <td>
            <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset">
              <div class="data">
                <a class="source" href="#{@ItemGroupOID}"><xsl:value-of select="key('group', @ItemGroupOID)/@Name"/></a>
                <div>
                  <xsl:if test="arm:AnalysisVariable">
                    <div>
                      <xsl:for-each select="arm:AnalysisVariable">
                        <xsl:if test="position() &gt; 1">, </xsl:if>
                        <a href="#{@ItemOID}" title="{key('item', @ItemOID)/odm:Description/odm:TranslatedText}"><xsl:value-of select="key('item', @ItemOID)/@Name"/></a>
                      </xsl:for-each>
                    </div>
                  </xsl:if>
                  <xsl:for-each select="def:WhereClauseRef"><xsl:apply-templates select="key('where', @WhereClauseOID)"/></xsl:for-each>
                </div>
              </div>
            </xsl:for-each>
            <xsl:for-each select="arm:AnalysisDatasets"><xsl:call-template name="comment"/></xsl:for-each>
          </td>
        </tr>
        <xsl:for-each select="arm:Documentation">
          <tr>
            <th scope="row">Documentation</th>
            <td>
              <p class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></p>
              <xsl:apply-templates select="def:DocumentRef"/>
            </td>
          </tr>
        </xsl:for-each>
        <xsl:for-each select="arm:ProgrammingCode">
          <tr>
            <th scope="row">Programming<xsl:if test="@Context"><span class="quiet"><xsl:value-of select="@Context"/></span></xsl:if></th>
            <td>
              <xsl:for-each select="arm:Code"><pre><xsl:value-of select="."/></pre></xsl:for-each>
              <xsl:apply-templates select="def:DocumentRef"/>
            </td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <!-- Codelists and dictionaries -->

  <xsl:template name="codelists">
    <xsl:if test="$version/odm:CodeList[not(odm:ExternalCodeList)]">
      <section id="codelists">
        <h2>Controlled terms <span class="count"><xsl:value-of select="count($version/odm:CodeList[not(odm:ExternalCodeList)])"/></span></h2>
        <div class="lists"><xsl:apply-templates select="$version/odm:CodeList[not(odm:ExternalCodeList)]"/></div>
      </section>
    </xsl:if>
    <xsl:if test="$version/odm:CodeList/odm:ExternalCodeList">
      <section id="dictionaries">
        <h2>Dictionaries</h2>
        <table class="narrow">
          <thead><tr><th>Name</th><th>Dictionary</th><th>Version</th><th>Type</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/odm:CodeList[odm:ExternalCodeList]">
              <tr id="{@OID}">
                <td><xsl:value-of select="@Name"/></td>
                <td>
                  <xsl:variable name="href" select="odm:ExternalCodeList/@href"/>
                  <xsl:choose>
                    <xsl:when test="starts-with($href, 'https://') or starts-with($href, 'http://')"><a href="{$href}"><xsl:value-of select="odm:ExternalCodeList/@Dictionary"/></a></xsl:when>
                    <xsl:otherwise><xsl:value-of select="odm:ExternalCodeList/@Dictionary"/></xsl:otherwise>
                  </xsl:choose>
                </td>
                <td><xsl:value-of select="odm:ExternalCodeList/@Version"/></td>
                <td><xsl:value-of select="@DataType"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="odm:CodeList">
    <xsl:variable name="decoded" select="odm:CodeListItem"/>
    <xsl:variable name="coded" select="*/odm:Alias[@Context = 'nci:ExtCodeID']"/>
    <article id="{@OID}">
      <h3>
        <xsl:value-of select="@Name"/>
        <xsl:for-each select="odm:Alias[@Context = 'nci:ExtCodeID']"><span class="code"><xsl:value-of select="@Name"/></span></xsl:for-each>
      </h3>
      <p class="quiet">
        <xsl:value-of select="@DataType"/>
        <xsl:choose>
          <xsl:when test="@def:StandardOID"> · <a href="#{@def:StandardOID}"><xsl:value-of select="concat(key('standard', @def:StandardOID)/@Name, ' ', key('standard', @def:StandardOID)/@PublishingSet, ' ', key('standard', @def:StandardOID)/@Version)"/></a></xsl:when>
          <xsl:when test="@def:IsNonStandard"> · sponsor's list</xsl:when>
        </xsl:choose>
      </p>
      <xsl:call-template name="comment"/>
      <table>
        <thead><tr><th>Term</th><xsl:if test="$decoded"><th>Meaning</th></xsl:if><xsl:if test="$coded"><th>Code</th></xsl:if></tr></thead>
        <tbody>
          <xsl:for-each select="odm:CodeListItem | odm:EnumeratedItem">
            <tr>
              <td><xsl:value-of select="@CodedValue"/><xsl:if test="@def:ExtendedValue"><xsl:text> </xsl:text><span class="badge sponsor" title="Added by the sponsor to an extensible codelist">Extended</span></xsl:if></td>
              <xsl:if test="$decoded"><td><xsl:value-of select="odm:Decode/odm:TranslatedText"/></td></xsl:if>
              <xsl:if test="$coded"><td class="code"><xsl:value-of select="odm:Alias[@Context = 'nci:ExtCodeID']/@Name"/></td></xsl:if>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </article>
  </xsl:template>

  <!-- Methods and comments -->

  <xsl:template name="methods">
    <xsl:if test="$version/odm:MethodDef">
      <section id="methods">
        <h2>Methods <span class="count"><xsl:value-of select="count($version/odm:MethodDef)"/></span></h2>
        <table>
          <thead><tr><th>Method</th><th>Type</th><th class="wide">Description</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/odm:MethodDef">
              <tr id="{@OID}">
                <td><xsl:value-of select="@Name"/></td>
                <td><xsl:value-of select="@Type"/></td>
                <td>
                  <p class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></p>
                  <xsl:for-each select="odm:FormalExpression"><p class="quiet"><xsl:value-of select="@Context"/></p><pre><xsl:value-of select="."/></pre></xsl:for-each>
                  <xsl:apply-templates select="def:DocumentRef"/>
                </td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="comments">
    <xsl:if test="$version/def:CommentDef">
      <section id="comments">
        <h2>Comments <span class="count"><xsl:value-of select="count($version/def:CommentDef)"/></span></h2>
        <table>
          <thead><tr><th>Comment on</th><th class="wide">Text</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/def:CommentDef">
              <tr id="{@OID}">
                <td class="name"><xsl:value-of select="substring-after(@OID, '.')"/></td>
                <td><p class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></p><xsl:apply-templates select="def:DocumentRef"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="style">
:root { --ink: #1c2733; --quiet: #617080; --line: #dde4ea; --zebra: #f6f8fa; --accent: #14568f; --side: 17rem; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--ink); background: #fff; font: 14px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem; z-index: 2; }
nav { position: fixed; top: 0; bottom: 0; left: 0; width: var(--side); overflow-y: auto; padding: 1.25rem 0 2rem; background: #f3f6f9; border-right: 1px solid var(--line); }
nav .brand { margin: 0 0 .75rem; padding: 0 1.25rem; font-weight: 650; font-size: 1.05rem; }
nav ul { list-style: none; margin: 0 0 .75rem; padding: 0; }
nav li a { display: block; padding: .16rem 1.25rem; color: var(--ink); }
nav li a:hover { background: #e5edf4; text-decoration: none; }
nav .names a { display: flex; gap: .6rem; align-items: baseline; }
nav .names b { min-width: 4.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
nav .names span { color: var(--quiet); font-size: .82rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
nav summary { padding: .16rem 1.25rem; color: var(--quiet); cursor: pointer; }
nav details a { font-size: .88rem; padding-left: 2rem; }
main { margin-left: var(--side); padding: 1.75rem 2.25rem 5rem; max-width: 110rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; margin: 0 0 .75rem; line-height: 1.25; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
.lead { font-size: 1.05rem; margin: 0 0 1rem; max-width: 60rem; }
section { margin-top: 3rem; }
section.dataset { overflow-x: clip; border-top: 3px solid var(--accent); padding-top: 1.1rem; }
.label { font-weight: 400; color: var(--quiet); margin-left: .5rem; }
.count { font-weight: 400; font-size: .9rem; color: var(--quiet); }
.facts { display: flex; flex-wrap: wrap; gap: .6rem 2.25rem; margin: 0 0 1rem; }
.facts dt { font-size: .72rem; letter-spacing: .05em; text-transform: uppercase; color: var(--quiet); }
.facts dd { margin: 0; }
.plain { list-style: none; padding: 0; margin: 0; }
.note { background: #fbf7ea; border-left: 3px solid #d9b64a; padding: .5rem .9rem; margin: 0 0 1rem; max-width: 70rem; }
table { border-collapse: collapse; width: 100%; }
table.narrow { width: auto; min-width: 34rem; }
th { text-align: left; font-size: .74rem; letter-spacing: .04em; text-transform: uppercase; color: var(--quiet); font-weight: 600; padding: .4rem .7rem; border-bottom: 2px solid var(--line); background: #fff; position: sticky; top: 0; }
td { padding: .45rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
tbody tr:nth-child(even) td { background: var(--zebra); }
tr:target td, article:target { background: #fff6d6 !important; }
td.name { font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.keys { font-size: .9rem; }
table.datasets, .datasets td.keys { font-size: .82rem; }
.datasets td, .datasets th { padding-left: .45rem; padding-right: .45rem; }
table.variables, table.values { table-layout: fixed; min-width: 56rem; }
th.first { width: 11%; }
.values th.first { width: 15%; }
th.text-column { width: 18%; }
th.type { width: 11.5%; }
th.number { width: 7.5%; }
td.number { white-space: nowrap; }
th.list { width: 14%; }
th.origin { width: 11.5%; }
th.wide { width: 65%; }
.role, .terms, .quiet, .predecessor, .pages, .block { display: block; }
.role, .quiet, .pages { color: var(--quiet); font-size: .85rem; font-weight: 400; }
td.name .role { white-space: normal; }
.terms { font-size: .85rem; }
.predecessor { font-size: .9rem; font-weight: 600; }
.key { font-size: .68rem; color: var(--accent); margin-left: .15rem; }
.or { color: var(--quiet); }
.text { margin: 0 0 .35rem; white-space: pre-line; max-width: 60rem; }
.mark { font-size: .7rem; letter-spacing: .04em; text-transform: uppercase; margin-right: .5rem; }
.code { font-family: ui-monospace, Consolas, Menlo, monospace; font-size: .82rem; color: var(--quiet); font-weight: 400; }
h3 .code { margin-left: .5rem; }
pre { background: var(--zebra); padding: .6rem; overflow-x: auto; }
.badge { display: inline-block; padding: .02rem .45rem; border-radius: .7rem; font-size: .74rem; line-height: 1.45; background: #e8edf2; color: #35434f; white-space: nowrap; font-weight: 500; }
.badge.required { background: #e3ecf6; color: #14568f; }
.badge.empty { background: #f1e9e4; color: #7a4a22; }
.badge.sponsor { background: #efe6f7; color: #5c2f86; }
.badge.collected { background: #dff1e4; color: #17602f; }
.badge.derived { background: #e0ecfa; color: #134c8a; }
.badge.assigned { background: #fdf0d5; color: #7a5300; }
.badge.protocol { background: #e4f3f4; color: #0d5e66; }
.badge.predecessor { display: inline-block; background: #efe6f7; color: #5c2f86; font-weight: 500; }
.badge.not-available, .badge.other { background: #ececec; color: #555; }
article.display { margin-top: 1.75rem; }
table.result { max-width: 70rem; border-top: 2px solid var(--line); margin-bottom: 1rem; }
table.result th { width: 11rem; border-bottom: 1px solid var(--line); border-right: 0; position: static; vertical-align: top; text-transform: none; letter-spacing: 0; font-size: .85rem; }
table.result .quiet { font-weight: 400; }
table.result tr:nth-child(even) td { background: none; }
table.result pre { margin: 0; font-size: .82rem; }
.data { display: flex; gap: 1rem; margin-bottom: .5rem; }
.data .source { min-width: 4.6rem; font-weight: 600; }
.lists { columns: 30rem auto; column-gap: 2.5rem; }
.lists article { break-inside: avoid-column; margin-bottom: 2rem; }
.lists h3 { margin-top: 0; margin-bottom: .1rem; }
.lists p { margin: 0 0 .35rem; }
.lists th { position: static; }
@media (max-width: 78rem) {
  section.dataset, #datasets { overflow-x: auto; }
  th { position: static; }
}
@media (max-width: 60rem) {
  nav { position: static; width: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { margin-left: 0; padding: 1rem; overflow-x: auto; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { font-size: 9pt; }
  nav, .skip { display: none; }
  main { margin: 0; padding: 0; max-width: none; }
  th { position: static; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  section.dataset { break-before: page; margin-top: 0; }
  h2, h3 { break-after: avoid; }
  a { color: inherit; }
  .badge { border: 1px solid #999; background: none !important; }
}
  </xsl:template>
</xsl:stylesheet>
