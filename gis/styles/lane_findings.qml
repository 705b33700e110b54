<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28" styleCategories="Symbology">
 <renderer-v2 type="categorizedSymbol" attr="class" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category value="lane_unowned" label="unowned lane 无主街巷" symbol="0" render="true" type="string"/>
   <category value="lane_border" label="lane along a border 界上街巷" symbol="1" render="true" type="string"/>
  </categories>
  <symbols>
   <symbol name="0" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" type="QString" value="213,94,0,255"/>
      <Option name="line_width" type="QString" value="0.9"/>
      <Option name="line_width_unit" type="QString" value="MM"/>
      <Option name="line_style" type="QString" value="solid"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="1" type="line" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleLine" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="line_color" type="QString" value="138,36,96,255"/>
      <Option name="line_width" type="QString" value="0.9"/>
      <Option name="line_width_unit" type="QString" value="MM"/>
      <Option name="line_style" type="QString" value="dash"/>
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
</qgis>
